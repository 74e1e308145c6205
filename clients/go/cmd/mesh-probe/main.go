// Mesh-probe calls one method of a service at a steady rate, and prints a line of JSON every so often: which instances
// answered how many calls, how fast, and what failed. It exits with 1 if a call failed.
//
//	mesh-probe -target xds:///hotels -method innkeeper.hotels.v1.HotelsService/ListHotels -rate 100 -duration 10s
//
// A target xds:///… is looked up at the registry that GRPC_XDS_BOOTSTRAP or GRPC_XDS_BOOTSTRAP_CONFIG names, as with every
// gRPC client. An access token, where the method asks for one, is taken from MESH_PROBE_TOKEN.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/credentials/xds"
	"google.golang.org/grpc/metadata"
	_ "google.golang.org/grpc/xds" // the resolver and the balancers of xds:///…

	"innkeeper.dev/clients/go/probe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "mesh-probe: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	target := flag.String("target", "", "whom to call: xds:///<service>, or an address such as 127.0.0.1:7000")
	name := flag.String("method", "", "the method, such as innkeeper.hotels.v1.HotelsService/GetHotel")
	request := flag.String("request", "{}", "the request, as JSON")
	rate := flag.Float64("rate", 100, "calls per second")
	timeout := flag.Duration("timeout", 5*time.Second, "of a call; waiting for an instance counts")
	duration := flag.Duration("duration", 0, "how long to go on (default until interrupted)")
	every := flag.Duration("every", time.Second, "between two reports")
	flag.Parse()
	if *target == "" || *rate <= 0 || *timeout <= 0 || *every <= 0 {
		return errors.New("needs a -target, and a -rate, -timeout and -every above 0; see -help")
	}

	method, err := probe.FindMethod(*name, *request)
	if err != nil {
		return err
	}
	conn, err := connect(*target)
	if err != nil {
		return err
	}
	defer conn.Close()
	if token := os.Getenv("MESH_PROBE_TOKEN"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	if *duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *duration)
		defer cancel()
	}

	load := probe.Probe{Conn: conn, Method: method, Rate: *rate, Timeout: *timeout, Every: *every}
	lines := json.NewEncoder(os.Stdout)
	tell := func(report probe.Report) { _ = lines.Encode(report) }
	final := load.Run(ctx, tell)
	tell(final)
	if len(final.Failed) > 0 {
		return fmt.Errorf("calls failed: %v", final.Failed)
	}
	return nil
}

// connect uses TLS where the registry says so, and none elsewhere.
func connect(target string) (*grpc.ClientConn, error) {
	credentials, err := xds.NewClientCredentials(xds.ClientOptions{FallbackCreds: insecure.NewCredentials()})
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(target, grpc.WithTransportCredentials(credentials))
}
