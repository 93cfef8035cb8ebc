package postgis_test

import (
	"reflect"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

func TestPostsAreAsTheFileHasThem(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	before, _, err := store.Newest(t.Context(), geo.Position{})
	check(t, err)
	wang := geo.Post{Layer: "duty", Code: "ZR-1", Role: "网格员", Person: "王", Phone: "1", Shift: "workday", ValidFrom: geo.Date{Year: 2026, Month: 1, Day: 1}}
	li := geo.Post{Layer: "streets", Code: "330103001", Role: "城管", Person: "李"}
	zhao := wang
	zhao.Person = "赵"
	places := []geo.PostPlace{{Layer: "duty", Code: "ZR-1"}, {Layer: "streets", Code: "330103001"}, {Layer: "duty", Code: "330103001"}}
	for _, step := range []struct {
		given []geo.Post
		out   postgis.Outcome
		head  int64
	}{
		{[]geo.Post{li, wang}, postgis.Outcome{Read: 2, Added: 2}, 1},
		{[]geo.Post{wang, li}, postgis.Outcome{Read: 2, Unchanged: 2}, 1},
		{[]geo.Post{zhao, li}, postgis.Outcome{Read: 2, Added: 1, Unchanged: 1, Ended: 1}, 2},
		{[]geo.Post{wang}, postgis.Outcome{Read: 1, Added: 1, Ended: 2}, 3},
		{nil, postgis.Outcome{Ended: 1}, 4},
	} {
		dry, err := store.ImportPosts(t.Context(), step.given, true)
		check(t, err)
		out, err := store.ImportPosts(t.Context(), step.given, false)
		check(t, err)
		head, err := store.FeedHead(t.Context())
		check(t, err)
		if out != step.out || dry != out || head != step.head {
			t.Errorf("got %+v (dry %+v) at %d, want %+v at %d", out, dry, head, step.out, step.head)
		}
		posts, err := store.Posts(t.Context(), places)
		check(t, err)
		if len(posts) != len(step.given) {
			t.Errorf("%+v", posts)
		}
	}
	if n := count(t, conn, "SELECT count(*) FROM posts WHERE ended > begun"); n != 4 {
		t.Errorf("%d past posts are kept", n)
	}
	after, there, err := store.Newest(t.Context(), before)
	check(t, err)
	if after != before || !there {
		t.Errorf("a change of person moved the sequence from %d to %d", before.Sequence, after.Sequence)
	}
	put := func(given ...geo.Post) error {
		_, err := store.ImportPosts(t.Context(), given, false)
		return err
	}
	refused(t, put(li, li), geo.Invalid, "twice")
	refused(t, put(geo.Post{Layer: "duty", Code: "ZR-1", Role: "网格员"}), geo.Invalid, "ZR-1")
	check(t, put(li, wang))
	posts, err := store.Posts(t.Context(), places)
	check(t, err)
	if !reflect.DeepEqual(posts, []geo.Post{wang, li}) {
		t.Errorf("%+v", posts)
	}
}
