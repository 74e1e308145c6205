package example_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/xds" // lets a target be xds:///…

	hotelsv1 "innkeeper.dev/generated/go/innkeeper/hotels/v1"
)

// A client finds the instances of a service, and spreads its calls over them as the registry says.
func Example() {
	conn, err := grpc.NewClient("xds:///hotels", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	hotels := hotelsv1.NewHotelsServiceClient(conn)

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	hotel, err := hotels.GetHotel(ctx, &hotelsv1.GetHotelRequest{Name: "hotels/vienna-at-1"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(hotel.DisplayName, hotel.TimeZone)
}
