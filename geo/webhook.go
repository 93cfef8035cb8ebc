package geo

import "time"

// WebhookID identifies a webhook, for ever.
type WebhookID string

// Webhook is an address that is told of every assignment made after it was.
type Webhook struct {
	ID        WebhookID
	URL       string
	Secret    string // whsec_…, signs what is sent; shown once, when it is made
	CreatedAt time.Time
	After     int64 // the place in the feed after which it is told everything
}

// Delivery is one message to one webhook: the assignments of one round of a report.
type Delivery struct {
	Webhook     Webhook
	Report      ReportID
	Round       int
	Assignments []Assignment // in the order of the feed; never empty
}

// DeadLetter is a delivery that was given up. It is kept for a while, to be seen and sent
// again.
type DeadLetter struct {
	ID       int64
	Report   ReportID
	Round    int
	Attempts int
	At       time.Time // when it was given up
	Reason   string    // why the last attempt failed
}
