package main

import (
	"context"
	"encoding/hex"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"gridwarden/geo/index"
)

// tellView writes the position and the content hash of the view to the log whenever the
// process gets SIGUSR1, until ctx ends. Two servers at one sequence must tell the same
// hash, whatever way led each there. It walks the whole view beside the reads, which is
// why only who may signal the process can ask; signals that come meanwhile are one.
func tellView(ctx context.Context, live *index.Live, log *slog.Logger) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	defer signal.Stop(asked)
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		}
		view := live.Load()
		history, content := view.History(), view.ContentHash()
		log.Info("view", "sequence", view.Position().Sequence, "history", hex.EncodeToString(history[:]), "content", hex.EncodeToString(content[:]))
	}
}
