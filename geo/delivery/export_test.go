package delivery

import "context"

// Guard is what looks at the address a connection is about to be made to.
func Guard(h Hosts, address string) error { return h.guard(context.Background(), "tcp", address, nil) }
