package main

import (
	"context"
	"flag"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/delivery"
	"gridwarden/geo/postgis"
)

// deliverFlags are the settings of webhooks.
type deliverFlags struct {
	list     string
	hosts    delivery.Hosts // of list
	attempts int
	timeout  time.Duration
}

func (f *deliverFlags) register(flags *flag.FlagSet) {
	flags.StringVar(&f.list, "webhook-hosts", "", "`HOSTS` webhooks may be sent to, as HOST[:PORT] or http://HOST[:PORT], separated by commas; none: there are no webhooks")
	flags.IntVar(&f.attempts, "webhook-attempts", 24, "how often a webhook is tried, later and later, before it is given up; 24 are a day")
	flags.DurationVar(&f.timeout, "webhook-timeout", 10*time.Second, "how long a webhook may take to answer")
}

func (f *deliverFlags) complete() (err error) {
	if f.hosts, err = delivery.ParseHosts(f.list); err != nil {
		return usagef("--webhook-hosts: %s", geo.Sentence(err))
	}
	if f.attempts < 1 || f.attempts > 1000 {
		return usagef("--webhook-attempts is a number from 1 to 1000, not %d", f.attempts)
	}
	if f.timeout < 100*time.Millisecond || f.timeout > time.Minute {
		return usagef("--webhook-timeout is a time from 100ms to 1m, not %v", f.timeout)
	}
	return nil
}

// run delivers until ctx ends. Without hosts it leaves the queue to other servers.
func (f *deliverFlags) run(ctx context.Context, store *postgis.Store, body func(*geo.Delivery) ([]byte, error)) {
	if f.list == "" {
		return
	}
	sender := delivery.NewSender(f.hosts, f.timeout, body)
	defer sender.Close()
	store.Deliver(ctx, postgis.DeliverySettings{Attempts: f.attempts, Timeout: f.timeout}, sender.Send)
}

// webhooks are those of the database, made for listed hosts only.
type webhooks struct {
	*postgis.Store
	hosts delivery.Hosts
}

// AddWebhook makes a webhook with a new secret and keeps it.
func (w webhooks) AddWebhook(ctx context.Context, url string) (geo.Webhook, error) {
	made, err := delivery.NewWebhook(url, w.hosts)
	if err != nil {
		return geo.Webhook{}, err
	}
	return w.CreateWebhook(ctx, made)
}
