package probe

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// A Method is a unary method with the request that it is called with.
type Method struct {
	path     string
	request  proto.Message
	response protoreflect.MessageType
}

// FindMethod returns the method of that name, such as innkeeper.hotels.v1.HotelsService/GetHotel, to be called with the
// request that the JSON describes. It fails if no contract has the method, if it streams, or if the JSON is not a request.
func FindMethod(name, requestJSON string) (*Method, error) {
	service, method, _ := strings.Cut(name, "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil, fmt.Errorf("no contract has a service %q", service)
	}
	declared, ok := found.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("%q is not a service", service)
	}
	descriptor := declared.Methods().ByName(protoreflect.Name(method))
	if descriptor == nil {
		return nil, fmt.Errorf("%s has no method %q", service, method)
	}
	if descriptor.IsStreamingClient() || descriptor.IsStreamingServer() {
		return nil, fmt.Errorf("%s streams: only unary methods can be probed", name)
	}
	takes, err := protoregistry.GlobalTypes.FindMessageByName(descriptor.Input().FullName())
	if err != nil {
		return nil, err
	}
	returns, err := protoregistry.GlobalTypes.FindMessageByName(descriptor.Output().FullName())
	if err != nil {
		return nil, err
	}
	request := takes.New().Interface()
	if err := protojson.Unmarshal([]byte(requestJSON), request); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	return &Method{path: "/" + name, request: request, response: returns}, nil
}

// Call calls the method once. What it answers is of no interest, only that it does.
func (m *Method) Call(ctx context.Context, conn grpc.ClientConnInterface, options ...grpc.CallOption) error {
	return conn.Invoke(ctx, m.path, m.request, m.response.New().Interface(), options...)
}
