package probe

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	authv1 "innkeeper.dev/generated/go/innkeeper/auth/v1"
)

// keys answers GetJwks as told.
type keys struct {
	authv1.UnimplementedAuthServiceServer
	answer func(context.Context) (*authv1.Jwks, error)
}

func (k keys) GetJwks(ctx context.Context, _ *authv1.GetJwksRequest) (*authv1.Jwks, error) {
	return k.answer(ctx)
}

// serve starts a server, and returns a probe of it and its address.
func serve(t *testing.T, answer func(context.Context) (*authv1.Jwks, error)) (*Probe, string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	authv1.RegisterAuthServiceServer(server, keys{answer: answer})
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	address := listener.Addr().String()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	method, err := FindMethod("innkeeper.auth.v1.AuthService/GetJwks", "{}")
	if err != nil {
		t.Fatal(err)
	}
	return &Probe{Conn: conn, Method: method, Rate: 500, Timeout: 10 * time.Second, Every: 10 * time.Millisecond}, address
}

func TestReportsAddUpToTheFinalOne(t *testing.T) {
	probe, address := serve(t, func(context.Context) (*authv1.Jwks, error) { return &authv1.Jwks{}, nil })
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	final := probe.Run(ctx, func(report Report) {
		if calls += report.Calls; calls >= 20 {
			cancel()
		}
	})
	if !final.Final || final.Calls < 20 || final.Peers[address] != final.Calls || len(final.Failed) != 0 {
		t.Errorf("got %+v", final)
	}
}

func TestFailuresAreCountedByStatus(t *testing.T) {
	probe, _ := serve(t, func(context.Context) (*authv1.Jwks, error) {
		return nil, status.Error(codes.ResourceExhausted, "too busy")
	})
	ctx, cancel := context.WithCancel(t.Context())
	final := probe.Run(ctx, func(report Report) {
		if report.Calls > 0 {
			cancel()
		}
	})
	if final.Failed["RESOURCE_EXHAUSTED"] != final.Calls || final.Calls == 0 || len(final.Peers) != 0 {
		t.Errorf("got %+v", final)
	}
}

func TestCallsInFlightAreWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	probe, address := serve(t, func(context.Context) (*authv1.Jwks, error) {
		cancel()
		return &authv1.Jwks{}, nil
	})
	final := probe.Run(ctx, func(Report) {})
	if final.Calls == 0 || final.Peers[address] != final.Calls {
		t.Errorf("got %+v", final)
	}
}

func TestACallHasItsTime(t *testing.T) {
	probe, _ := serve(t, func(ctx context.Context) (*authv1.Jwks, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	probe.Timeout = 20 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	final := probe.Run(ctx, func(report Report) {
		if report.Calls > 0 {
			cancel()
		}
	})
	if final.Failed["DEADLINE_EXCEEDED"] != final.Calls || final.Calls == 0 {
		t.Errorf("got %+v", final)
	}
}
