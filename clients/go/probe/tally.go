package probe

import (
	"math"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/status"
)

// An outcome is how one call went.
type outcome struct {
	peer string // the address that answered
	took time.Duration
	err  error
}

// A Report is what came of some calls.
type Report struct {
	Final   bool           `json:"final"`   // of all calls since the start, not of those since the last report
	Seconds float64        `json:"seconds"` // since the start
	Calls   int            `json:"calls"`
	Peers   map[string]int `json:"peers"`  // calls answered well, by address
	Failed  map[string]int `json:"failed"` // calls failed, by status
	P50     float64        `json:"p50_ms"` // of all calls, failed ones too
	P99     float64        `json:"p99_ms"`
	Max     float64        `json:"max_ms"`
	Error   string         `json:"error,omitempty"` // what the last failed call said
}

// A tally adds up outcomes. It keeps eight bytes a call.
type tally struct {
	peers  map[string]int
	failed map[string]int
	took   []time.Duration
	last   error
}

func newTally() *tally {
	return &tally{peers: map[string]int{}, failed: map[string]int{}}
}

func (t *tally) add(one outcome) {
	t.took = append(t.took, one.took)
	if one.err == nil {
		t.peers[one.peer]++
		return
	}
	t.failed[code.Code(status.Code(one.err)).String()]++
	t.last = one.err
}

// report tells what was added; the tally is not to be used afterwards.
func (t *tally) report(sinceStart time.Duration) Report {
	slices.Sort(t.took)
	report := Report{
		Seconds: sinceStart.Seconds(),
		Calls:   len(t.took),
		Peers:   t.peers,
		Failed:  t.failed,
		P50:     quantile(t.took, 0.50),
		P99:     quantile(t.took, 0.99),
		Max:     quantile(t.took, 1),
	}
	if t.last != nil {
		report.Error = t.last.Error()
	}
	return report
}

// quantile returns, in milliseconds, what that share of the sorted durations does not exceed (the nearest rank).
func quantile(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(share * float64(len(sorted))))
	return float64(sorted[rank-1].Microseconds()) / 1000
}
