package probe

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestReport(t *testing.T) {
	unavailable := status.Error(codes.Unavailable, "gone")
	counted := newTally()
	for i := range 97 {
		counted.add(outcome{peer: "127.0.0.1:1", took: time.Duration(97-i) * time.Millisecond})
	}
	counted.add(outcome{peer: "127.0.0.1:2", took: 98 * time.Millisecond})
	counted.add(outcome{took: 99 * time.Millisecond, err: unavailable})
	counted.add(outcome{took: 100 * time.Millisecond, err: errors.New("no status")})

	want := Report{
		Seconds: 2,
		Calls:   100,
		Peers:   map[string]int{"127.0.0.1:1": 97, "127.0.0.1:2": 1},
		Failed:  map[string]int{"UNAVAILABLE": 1, "UNKNOWN": 1},
		P50:     50,
		P99:     99,
		Max:     100,
		Error:   "no status",
	}
	if got := counted.report(2 * time.Second); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReportOfNoCalls(t *testing.T) {
	want := Report{Peers: map[string]int{}, Failed: map[string]int{}}
	if got := newTally().report(0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
