package api

import "context"

// places bound how many do something at a time.
type places chan struct{}

// take takes one of the places, to be given back with leave, where one is free.
func (p places) take() (leave func(), free bool) {
	select {
	case p <- struct{}{}:
		return func() { <-p }, true
	default:
		return nil, false
	}
}

// wait takes one of the places, to be given back with leave, once one is free.
func (p places) wait(ctx context.Context) (leave func(), err error) {
	select {
	case p <- struct{}{}:
		return func() { <-p }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
