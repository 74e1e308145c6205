package probe

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoregistry"
)

func TestFindMethod(t *testing.T) {
	for _, c := range []struct{ name, method, request, problem string }{
		{"without a request", "innkeeper.auth.v1.AuthService/GetJwks", "{}", ""},
		{"with one", "innkeeper.hotels.v1.HotelsService/GetHotel", `{"name": "hotels/a"}`, ""},
		{"no such service", "innkeeper.inns.v1.InnsService/GetInn", "{}", "no contract has a service"},
		{"no service", "innkeeper.hotels.v1.Hotel/GetHotel", "{}", "is not a service"},
		{"no such method", "innkeeper.hotels.v1.HotelsService/GetInn", "{}", "has no method"},
		{"no method", "innkeeper.hotels.v1.HotelsService", "{}", "has no method"},
		{"streams", "innkeeper.registry.v1.RegistryService/WatchMesh", "{}", "streams"},
		{"no such field", "innkeeper.hotels.v1.HotelsService/GetHotel", `{"inn": 1}`, "the request"},
		{"no JSON", "innkeeper.hotels.v1.HotelsService/GetHotel", "hotels/a", "the request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method, err := FindMethod(c.method, c.request)
			switch {
			case c.problem == "" && err != nil:
				t.Error(err)
			case c.problem == "" && method.path != "/"+c.method:
				t.Errorf("calls %s", method.path)
			case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
				t.Errorf("got error %v, want one that says %q", err, c.problem)
			}
		})
	}
}

func TestEveryServiceCanBeFound(t *testing.T) {
	stubs := os.DirFS("../../../generated/go")
	found := 0
	err := fs.WalkDir(stubs, ".", func(path string, _ fs.DirEntry, err error) error {
		if contract, ok := strings.CutSuffix(path, "_grpc.pb.go"); ok {
			found++
			if _, err := protoregistry.GlobalFiles.FindFileByPath(contract + ".proto"); err != nil {
				t.Errorf("contracts.go does not import %s", path)
			}
		}
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("%d stubs found, %v", found, err)
	}
}
