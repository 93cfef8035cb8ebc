package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/calendar"
	"gridwarden/geo/index"
)

// Posts are who is on duty where.
type Posts interface {
	// Posts are those of some places, by place, role and person.
	Posts(ctx context.Context, places []geo.PostPlace) ([]geo.Post, error)
}

// postAnswer is a post as it is told; person and phone are for those with the right.
type postAnswer struct {
	Layer      string `json:"layer"`
	Code       string `json:"code"`
	Name       string `json:"name,omitempty"` // of the area or group
	Role       string `json:"role"`
	Person     string `json:"person,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Shift      string `json:"shift,omitempty"`
	ValidFrom  string `json:"valid_from,omitempty"`
	ValidUntil string `json:"valid_until,omitempty"`
}

// duty tells who is on duty at a point at a moment: the posts of the areas, lines and
// groups there whose shift and validity hold then. Names and numbers are only for keys
// with that right.
func (s *server) duty(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "lon", "lat", "crs", "at")
	if err != nil {
		return err
	}
	point, err := p.point()
	if err != nil {
		return err
	}
	at, err := p.time("at", time.Now())
	if err != nil {
		return err
	}
	answer := struct {
		At    time.Time    `json:"at"`
		Posts []postAnswer `json:"posts"`
	}{s.told(at), []postAnswer{}}
	places := v.postPlaces(point)
	posts, err := s.postsAt(r.Context(), places)
	if err != nil {
		return err
	}
	people := s.may(w, r, access.People)
	days := s.engines.For(v.whole).Calendar()
	for _, place := range places {
		for _, post := range posts {
			if post.Layer == place.Layer && post.Code == place.Code && onDuty(&post, days, at) {
				answer.Posts = append(answer.Posts, place.describe(&post, people))
			}
		}
	}
	return sendJSON(w, answer)
}

func (s *server) postsAt(ctx context.Context, places []dutyPlace) ([]geo.Post, error) {
	if s.Posts == nil || len(places) == 0 {
		return nil, nil
	}
	asked := make([]geo.PostPlace, len(places))
	for i := range places {
		asked[i] = places[i].PostPlace
	}
	return s.Posts.Posts(ctx, asked)
}

// dutyPlace is a place where posts may be, by name.
type dutyPlace struct {
	geo.PostPlace
	name string
}

// postPlaces are the areas and lines at a point and the groups they belong to, the areas
// in the order of look-ups.
func (v view) postPlaces(point geo.Coord) (places []dutyPlace) {
	at := v.Locate(point)
	for _, hit := range at.Areas {
		places = append(places, placeOf(hit.Area))
	}
	for _, hit := range at.Lines {
		places = append(places, placeOf(hit.Area))
	}
	for _, g := range v.Duty().Groups {
		if inGroup(&g, &at) {
			places = append(places, dutyPlace{geo.PostPlace{Layer: g.Kind, Code: g.Code}, g.Name})
		}
	}
	return places
}

func placeOf(a *geo.Area) dutyPlace {
	return dutyPlace{geo.PostPlace{Layer: string(a.Layer), Code: string(a.Code)}, a.Name}
}

func inGroup(g *geo.Group, at *index.Place) bool {
	member := func(a *geo.Area) bool { return a.Layer == g.Layer && slices.Contains(g.Members, a.Code) }
	return slices.ContainsFunc(at.Areas, func(h index.Hit) bool { return member(h.Area) }) ||
		slices.ContainsFunc(at.Lines, func(h index.LineHit) bool { return member(h.Area) })
}

// onDuty tells whether a post holds at a moment. A shift over midnight belongs to the day
// it starts on. One that cannot be read never holds: no import lets it in.
func onDuty(post *geo.Post, days *calendar.Calendar, at time.Time) bool {
	today := geo.DateOf(at, days.Zone())
	if !post.ValidFrom.IsZero() && today.Before(post.ValidFrom) || !post.ValidUntil.IsZero() && post.ValidUntil.Before(today) {
		return false
	}
	shift, err := calendar.ParseHours(post.Shift)
	return err == nil && shift.Holds(days.Moment(at))
}

func (p dutyPlace) describe(post *geo.Post, people bool) postAnswer {
	answer := postAnswer{
		Layer: post.Layer, Code: post.Code, Name: p.name, Role: post.Role, Shift: post.Shift,
		ValidFrom: post.ValidFrom.String(), ValidUntil: post.ValidUntil.String(),
	}
	if people {
		answer.Person, answer.Phone = post.Person, post.Phone
	}
	return answer
}
