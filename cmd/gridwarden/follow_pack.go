package main

import (
	"context"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// packing is a view whose assets are being packed again beside the one that is served.
type packing struct {
	since []*geo.Changes // applied to the served view meanwhile, and not yet to this one
	kept  int            // assets in since
	void  bool           // what comes of it is not wanted any more
}

// maxKept bounds the assets that are kept for a packing: with more of them it begins anew.
const maxKept = 1 << 20

// packBeside has the served view packed when that is due, and keeps the changes that come
// while one is. The caller holds f.step.
func (f *follower) packBeside(ctx context.Context, changes *geo.Changes) {
	view, p := f.live.Load(), f.packing
	switch {
	case p == nil && view.Unpacked():
		p = &packing{}
		f.packing = p
		f.beside.Go(func() { f.pack(ctx, view, p) })
	case p == nil || p.void:
	case !view.Unpacked() || p.kept+len(changes.Assets) > maxKept:
		f.voidPacking() // it was packed as a whole by the change, or is too far on
	default:
		p.since, p.kept = append(p.since, changes), p.kept+len(changes.Assets)
	}
}

// voidPacking leaves off what is being packed: the served view is another now. The caller
// holds f.step.
func (f *follower) voidPacking() {
	if f.packing != nil {
		f.packing.void, f.packing.since = true, nil
	}
}

// pack packs a view, brings it to where the served one is by then, and serves it.
func (f *follower) pack(ctx context.Context, view *index.Snapshot, p *packing) {
	packed, err := view.Repacked()
	for err == nil && ctx.Err() == nil && !f.servePacked(packed, p) {
		packed, err = f.catchUp(packed, p)
	}
	f.step.Lock()
	defer f.step.Unlock()
	f.packing = nil
	if err != nil {
		f.log.Warn("the assets cannot be packed again; the view is served as it is", "error", err)
	}
}

// servePacked serves the packed view when it lacks nothing that the served one has. It
// tells that nothing is left to do, which is so as well when the packing is void.
func (f *follower) servePacked(packed *index.Snapshot, p *packing) bool {
	f.step.Lock()
	defer f.step.Unlock()
	if !p.void && len(p.since) > 0 {
		return false
	}
	if !p.void {
		f.live.Store(packed)
		f.log.Info("packed", "sequence", packed.Position().Sequence, "assets", packed.AssetCount())
	}
	return true
}

// catchUp applies what came meanwhile, while more may come.
func (f *follower) catchUp(packed *index.Snapshot, p *packing) (_ *index.Snapshot, err error) {
	f.step.Lock()
	since := p.since
	p.since, p.kept = nil, 0
	f.step.Unlock()
	for _, changes := range since {
		if packed, err = packed.InHistory(changes.History).Apply(changes); err != nil {
			return nil, err
		}
	}
	return packed, nil
}
