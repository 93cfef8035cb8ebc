package audit

import (
	"context"
	"encoding/json"
	"runtime"
	"slices"
	"sync"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Profile is what decisions can tell of an asset: the bodies that answer for it, and the
// attributes that rows ask for.
type Profile struct {
	Category   geo.CategoryKey    `json:"-"`
	Authority  geo.DepartmentCode `json:"authority,omitempty"`
	Owner      geo.DepartmentCode `json:"owner,omitempty"`
	Maintainer geo.DepartmentCode `json:"maintainer,omitempty"`
	Named      string             `json:"attributes,omitempty"` // key=value;key=value: those that rows ask for, as far as rows name the value
	example    *geo.Asset
}

// profileKey is what tells profiles apart.
type profileKey struct {
	category                     geo.CategoryKey
	authority, owner, maintainer geo.DepartmentCode
	named                        string
}

// profileCount is how many assets of a profile stand in a zone.
type profileCount struct {
	profile int32
	count   int
}

// inventory is the distinct profiles of all assets.
type inventory struct {
	asked    map[string][]string // the keys rows ask assets for, and the values they name
	ruled    map[geo.AssetKey]bool
	profiles []Profile
	of       map[profileKey]int32
	each     []int32 // the profile of each asset, in the order of the view
}

func newInventory(books []*book) *inventory {
	v := &inventory{asked: map[string][]string{}, ruled: map[geo.AssetKey]bool{}, of: map[profileKey]int32{}}
	for _, b := range books {
		for i := range b.rows {
			for _, c := range b.rows[i].asset {
				v.asked[c.Key] = append(v.asked[c.Key], c.Values...)
			}
		}
		for _, r := range b.view.Duty().Rulings {
			if r.Asset != nil {
				v.ruled[*r.Asset] = true
			}
		}
	}
	return v
}

// keyOf is the profile of an asset. Values that no row names are one.
func (v *inventory) keyOf(a *geo.Asset) profileKey {
	k := profileKey{a.Category, a.Authority, a.Owner, a.Maintainer, ""}
	if v.ruled[a.Key()] {
		k.named = "id=" + string(a.ID)
	}
	if len(v.asked) == 0 {
		return k
	}
	keys := make([]string, 0, len(v.asked))
	for key := range v.asked {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var attributes map[string]string
	for _, key := range keys {
		value, own := a.Own(key)
		if !own && len(a.Attributes) > 0 {
			if attributes == nil {
				_ = json.Unmarshal(a.Attributes, &attributes) // what is no object of texts has none
			}
			value = attributes[key]
		}
		if value != "" && slices.Contains(v.asked[key], value) {
			if k.named != "" {
				k.named += ";"
			}
			k.named += key + "=" + value
		}
	}
	return k
}

// collect finds all profiles.
func (v *inventory) collect(ctx context.Context, view *index.Snapshot) error {
	v.each = make([]int32, 0, view.AssetCount())
	for a := range view.AssetsIn(view.AssetBounds()) {
		if len(v.each)%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		v.each = append(v.each, v.intern(&a))
	}
	return ctx.Err()
}

func (v *inventory) intern(a *geo.Asset) int32 {
	k := v.keyOf(a)
	n, known := v.of[k]
	if !known {
		example := *a
		n = int32(len(v.profiles))
		v.of[k] = n
		v.profiles = append(v.profiles, Profile{a.Category, a.Authority, a.Owner, a.Maintainer, k.named, &example})
	}
	return n
}

// strew counts the profiles of each zone, after collect went over the same view. zoneOf
// finds the zone of a point, -1 for none; it is called from several goroutines.
func (v *inventory) strew(ctx context.Context, view *index.Snapshot, zones []*zone, zoneOf func(geo.Coord) int32) error {
	type in struct{ zone, profile int32 }
	type batch struct {
		first  int
		points []geo.Coord
	}
	batches := make(chan batch, 2)
	total := map[in]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			counts := map[in]int{}
			for b := range batches {
				for i, p := range b.points {
					if z := zoneOf(p); z >= 0 {
						counts[in{z, v.each[b.first+i]}]++
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for k, n := range counts {
				total[k] += n
			}
		})
	}
	var now batch
	for a := range view.AssetsIn(view.AssetBounds()) {
		if now.points = append(now.points, a.Point); len(now.points) == 4096 {
			if ctx.Err() != nil {
				break
			}
			batches <- now
			now = batch{first: now.first + 4096}
		}
	}
	batches <- now
	close(batches)
	group.Wait()
	for k, n := range total {
		category := v.profiles[k.profile].Category
		z := zones[k.zone]
		z.assets[category] = append(z.assets[category], profileCount{k.profile, n})
	}
	for _, z := range zones {
		for _, list := range z.assets {
			slices.SortFunc(list, func(a, b profileCount) int { return int(a.profile - b.profile) })
		}
	}
	return ctx.Err()
}
