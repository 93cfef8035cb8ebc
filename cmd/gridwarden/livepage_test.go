package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"gridwarden/api/ui/uitest"
)

// patch is 6 by 6 grids of a hundredth of a degree; the corner in the middle lies off by so
// much.
func patch(off float64) string {
	corner := func(i, j int) string {
		x, y := 120+float64(i)/100, 30+float64(j)/100
		if i == 3 && j == 3 {
			x, y = x+off, y+off
		}
		return fmt.Sprintf("[%.7f,%.7f]", x, y)
	}
	var grids []string
	for i := range 6 {
		for j := range 6 {
			ring := strings.Join([]string{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1), corner(i, j)}, ",")
			grids = append(grids, fmt.Sprintf(`{"type":"Feature","properties":{"code":"G%d%d","name":"网格%d-%d"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`, i, j, i, j, ring))
		}
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(grids, ",") + `]}`
}

// film is every frame the browser shows, as it is and when it came.
type film struct {
	mu     sync.Mutex
	frames []frame
}

type frame struct {
	at   time.Time
	data []byte
}

// record films a page until its browser ends.
func record(t *testing.T, ctx context.Context) *film {
	t.Helper()
	f := &film{}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*page.EventScreencastFrame); ok {
			f.mu.Lock()
			f.frames = append(f.frames, frame{time.Now(), e.Data})
			f.mu.Unlock()
			go func() {
				_, _ = chromedp.Call(ctx, page.ScreencastFrameAck, page.ScreencastFrameAckParams{SessionID: e.SessionID}) // the browser may be gone
			}()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, page.StartScreencast, page.StartScreencastParams{Format: "png", EveryNthFrame: 1}); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *film) all() []frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.frames
}

// middle is what a frame shows in the middle of the map, where no panel is.
func (f frame) middle(t *testing.T) image.Image {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(f.data))
	if err != nil {
		t.Fatal(err)
	}
	b := whole.Bounds()
	return whole.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rect(b.Dx()*3/8, b.Dy()/4, b.Dx()*5/8, b.Dy()*3/4))
}

// ink counts the pixels that are not as the ground is, the colour most have.
func ink(a image.Image) int {
	seen, all, most := map[[3]uint32]int{}, 0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r, g, b, _ := a.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}]++
			all++
		}
	}
	for _, n := range seen {
		most = max(most, n)
	}
	return all - most
}

// unlike counts the pixels in which two pictures differ.
func unlike(a, b image.Image) int {
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

// TestAnEditByAnotherProcessShowsOnTheOpenPageWithoutAFlash: nobody touches the page. The
// border that was moved elsewhere moves on it, and in no frame between are the borders gone.
func TestAnEditByAnotherProcessShowsOnTheOpenPageWithoutAFlash(t *testing.T) {
	if _, err := os.Stat("../../api/ui/dist/index.html"); err != nil {
		t.Skip("the page is not built: npm ci && npm run build in api/ui")
	}
	c := newCity(t) // may wait for its turn; the browser's time runs from its start
	browser := uitest.Browser(t, "en")
	edit := func(off float64) {
		c.must("import", "areas", "--layer", "grids", "--allow-end", c.file(fmt.Sprint(off, ".geojson"), patch(off)))
	}
	edit(0)
	s := startServer(t, c.url)
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	if err := chromedp.Do(browser, chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(chromedp.CSS("#map canvas"))); err != nil {
		t.Fatal(err)
	}
	f := record(t, browser)
	var before image.Image
	s.eventually("the map is drawn and still", func() bool {
		frames := f.all()
		if len(frames) == 0 || time.Since(frames[len(frames)-1].at) < 1500*time.Millisecond {
			return false
		}
		before = frames[len(frames)-1].middle(t)
		return ink(before) > 500
	})
	watched := len(f.all())
	edit(0.004)
	done := time.Now()
	looked, shown := watched, time.Time{}
	s.eventually("the border that was moved", func() bool {
		for _, frame := range f.all()[looked:] {
			looked++
			now := frame.middle(t)
			if drawn := ink(now); drawn < ink(before)/2 {
				t.Fatalf("a flash: frame %d after the edit shows %d of %d pixels", looked-watched, drawn, ink(before))
			}
			if shown.IsZero() && unlike(before, now) > 200 {
				shown = frame.at
			}
		}
		return !shown.IsZero() && time.Since(shown) > time.Second
	})
	t.Logf("the edit is on the page %v after the command ended; %d frames since, none empty", shown.Sub(done), looked-watched)
}
