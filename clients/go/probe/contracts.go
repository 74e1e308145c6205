package probe

// Linked in, so that their methods are found by name.
import (
	_ "innkeeper.dev/generated/go/innkeeper/auth/v1"
	_ "innkeeper.dev/generated/go/innkeeper/bank/v1"
	_ "innkeeper.dev/generated/go/innkeeper/booking/v1"
	_ "innkeeper.dev/generated/go/innkeeper/documents/v1"
	_ "innkeeper.dev/generated/go/innkeeper/events/v1"
	_ "innkeeper.dev/generated/go/innkeeper/hotels/v1"
	_ "innkeeper.dev/generated/go/innkeeper/links/v1"
	_ "innkeeper.dev/generated/go/innkeeper/notifications/v1"
	_ "innkeeper.dev/generated/go/innkeeper/payments/v1"
	_ "innkeeper.dev/generated/go/innkeeper/privacy/v1"
	_ "innkeeper.dev/generated/go/innkeeper/registry/v1"
	_ "innkeeper.dev/generated/go/innkeeper/search/v1"
	_ "innkeeper.dev/generated/go/innkeeper/users/v1"
)
