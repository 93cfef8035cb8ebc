package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"
)

// A person who forgot to name the file can still leave with Ctrl-C.
func TestWaitingForStandardInputCanBeInterrupted(t *testing.T) {
	t.Parallel()
	silent, write := io.Pipe()
	defer write.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := (&patient{ctx, silent}).Read(make([]byte, 10)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestStandardInputArrivesWhole(t *testing.T) {
	t.Parallel()
	read, write := io.Pipe()
	want := make([]byte, 100_000)
	for i := range want {
		want[i] = byte(i)
	}
	go func() { _, err := write.Write(want); write.CloseWithError(err) }()
	if err := iotest.TestReader(&patient{t.Context(), read}, want); err != nil {
		t.Error(err)
	}
}
