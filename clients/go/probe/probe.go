// Package probe calls one method again and again, and tells which instances answered, how fast, and what failed.
package probe

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
)

// A Probe is a steady load of one method. Every field has to be set.
type Probe struct {
	Conn    grpc.ClientConnInterface
	Method  *Method
	Rate    float64       // calls started per second, whether or not earlier ones have ended
	Timeout time.Duration // of a call; waiting for an instance to be there counts
	Every   time.Duration // between reports
}

// Run calls until ctx is done and every call that was started has ended. It hands a report of the calls since the last
// one to tell, every so often, and returns one of all calls.
func (p *Probe) Run(ctx context.Context, tell func(Report)) Report {
	start := time.Now()
	calls, reports := time.NewTicker(time.Duration(float64(time.Second)/p.Rate)), time.NewTicker(p.Every)
	defer calls.Stop()
	defer reports.Stop()

	recent, all := newTally(), newTally()
	outcomes := make(chan outcome)
	due, done := calls.C, ctx.Done()
	for inFlight := 0; done != nil || inFlight > 0; {
		select {
		case <-done:
			due, done = nil, nil
		case <-due:
			inFlight++
			go func() { outcomes <- p.call(context.WithoutCancel(ctx)) }()
		case one := <-outcomes:
			inFlight--
			recent.add(one)
			all.add(one)
		case <-reports.C:
			tell(recent.report(time.Since(start)))
			recent = newTally()
		}
	}
	final := all.report(time.Since(start))
	final.Final = true
	return final
}

func (p *Probe) call(ctx context.Context) outcome {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	var answered peer.Peer
	start := time.Now()
	err := p.Method.Call(ctx, p.Conn, grpc.Peer(&answered), grpc.WaitForReady(true))
	one := outcome{took: time.Since(start), err: err}
	if answered.Addr != nil {
		one.peer = answered.Addr.String()
	}
	return one
}
