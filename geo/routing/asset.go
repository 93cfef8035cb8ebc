package routing

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

const (
	// farAway is how far in metres beyond the accuracy an asset that the report names may
	// stand from the point and still be meant.
	farAway = 200
	// maxCandidates is how many assets are listed that could be the one meant.
	maxCandidates = 50
	assetQuestion = "asset"
	none          = "none"
)

// sharedCodes is the standard whose matters of the classes 01 to 05 are troubles with the
// component of the same code.
const sharedCodes = "GB/T 47678.5"

// things are the categories of assets that a report is about: its own when that is a
// component, the component of the same code for a matter that is trouble with one, those
// of the family when only that is named. One alone stands in room.
func (d *decider) things(room []geo.CategoryKey) []geo.CategoryKey {
	k := d.situation.Category
	switch {
	case k.Code == "":
		return d.families[d.situation.Family]
	case k.Kind == geo.Component:
		return append(room, k)
	case strings.HasPrefix(k.Standard, sharedCodes) && len(k.Code) >= 2 && k.Code[:2] >= "01" && k.Code[:2] <= "05":
		k.Kind = geo.Component
		return append(room, k)
	}
	return nil
}

// findAsset takes the asset the report names, else the one answered for, else the nearest
// of its kind within the accuracy.
func (d *decider) findAsset() {
	r := &d.request
	if r.Asset != "" && d.takeNamed() {
		return
	}
	answer, given := r.Answers[assetQuestion]
	var room [1]geo.CategoryKey
	things := d.things(room[:0])
	if len(things) == 0 {
		if given {
			d.trace.note(Step{Reason: answerUnknown, Args: []string{assetQuestion, answer}})
		}
		return
	}
	near := d.snapshot.NearestAssets(r.At, things[0], d.accuracy, maxCandidates)
	for _, k := range things[1:] {
		near = append(near, d.snapshot.NearestAssets(r.At, k, d.accuracy, maxCandidates)...)
	}
	if len(things) > 1 {
		slices.SortFunc(near, index.CompareNear)
		near = near[:min(len(near), maxCandidates)]
	}
	d.decision.Candidates = near
	if given && d.answerAsset(answer) {
		return
	}
	if len(near) == 0 {
		d.trace.note(Step{Reason: noAssetNear, Args: []string{metres(d.accuracy)}})
		return
	}
	d.take(&near[0])
}

// takeNamed takes the asset the report names, unless it is unknown or far away.
func (d *decider) takeNamed() bool {
	r := &d.request
	a, known := d.snapshot.Asset(r.Category.Standard, r.Asset)
	if !known {
		a, known = d.snapshot.Asset("", r.Asset)
	}
	if !known {
		d.trace.note(Step{Subject: "asset " + string(r.Asset), Reason: unknownAsset, Args: []string{string(r.Asset)}})
		return false
	}
	near := index.Near{Asset: a, Metres: d.snapshot.AssetDistance(&a, r.At)}
	if near.Metres > farAway+d.accuracy {
		d.trace.note(Step{Subject: "asset " + string(r.Asset), Reason: farAsset, Args: []string{string(r.Asset), metres(near.Metres)}})
		return false
	}
	if k := d.situation.Category; k.Code != "" && k.Kind == geo.Component && k != a.Category {
		d.trace.note(Step{Subject: "asset " + string(r.Asset), Reason: otherThing, Args: []string{string(r.Asset), a.Category.Code, k.Code}})
	}
	d.decision.Candidates = []index.Near{near}
	d.fixed = true
	d.take(&d.decision.Candidates[0])
	return true
}

// answerAsset takes the asset that was answered for, or none of them.
func (d *decider) answerAsset(answer string) bool {
	i := slices.IndexFunc(d.decision.Candidates, func(n index.Near) bool { return string(n.Asset.ID) == answer })
	if i < 0 && answer != none {
		d.trace.note(Step{Reason: answerUnknown, Args: []string{assetQuestion, answer}})
		return false
	}
	d.fixed = true
	d.trace.note(Step{Reason: answered, Args: []string{assetQuestion, answer}})
	if i >= 0 {
		d.take(&d.decision.Candidates[i])
	}
	return true
}

func (d *decider) take(n *index.Near) {
	d.decision.Asset = n
	d.situation.Asset = &n.Asset
	if d.situation.Category.Code == "" {
		d.situation.Category, d.situation.Family = n.Asset.Category, ""
	}
	d.trace.note(Step{Subject: "asset " + string(n.Asset.ID), Reason: tookAsset, Args: []string{string(n.Asset.ID), metres(n.Metres)}})
}

// metres is a distance for people, to the decimetre.
func metres(m float64) string { return strconv.FormatFloat(math.Round(m*10)/10, 'f', -1, 64) }
