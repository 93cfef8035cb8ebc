package stories

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/paulmach/orb/planar"
)

// The pictures of the README lie here; GRIDWARDEN_README_PICTURES=1 makes them anew.
const readme = "../../../.readme"

// TestThePicturesOfTheReadmeAreOfThisPage: the three workplaces in both languages still look
// as the README shows them, but for times and codes.
func TestThePicturesOfTheReadmeAreOfThisPage(t *testing.T) {
	t.Parallel()
	c := newDemoCity(t, "--time-zone", whereItIsThree(time.Now()))
	d := newDrawing(c)
	grid := d.area("990101001002051")
	d.edit("网格过大", split(grid))
	middle, _ := planar.CentroidArea(grid.Geometry)
	at := fmt.Sprintf("%.6f,%.6f", middle[0], middle[1])
	view := fmt.Sprintf("%.6f/%.6f", middle[1], middle[0])
	for _, language := range []string{"en", "zh"} {
		v := c.visit(mouse, map[string]string{"en": "en-GB", "zh": "zh-CN"}[language], "/#/call?map=16.2/"+view+"&at="+at+"&about=GB/T%2047678.5-2026,matter,09009")
		v.do(chromedp.EmulateViewport(1200, 800), chromedp.WaitVisible(chromedp.CSS("#answer .question")))
		v.looksLike("call-" + language)
		v.goTo("/#/plan?map=15.6/" + view + "&draft=" + d.draft)
		v.drawn()
		v.do(chromedp.WaitVisible(chromedp.CSS(`#impact [data-moved="assets"]`)))
		v.looksLike("plan-" + language)
		v.goTo("/#/duty?map=14.4/" + view)
		v.part("audit")
		v.do(chromedp.WaitVisible(chromedp.CSS("#duty-matrix [data-row]")))
		v.looksLike("duty-" + language)
	}
}

// whereItIsThree is a zone in which it is three at night: which rows hold goes by the hour.
func whereItIsThree(now time.Time) string {
	west := (now.UTC().Hour() + 21) % 24
	if west > 12 {
		west -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", west) // by POSIX plus is west
}

// looksLike waits until the page looks as a picture of the README shows it, or makes that of
// the page once it is still.
func (v *visitor) looksLike(name string) {
	v.Helper()
	path := filepath.Join(readme, name+".png")
	if os.Getenv("GRIDWARDEN_README_PICTURES") != "" {
		if err := os.WriteFile(path, v.still(), 0o644); err != nil {
			v.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		v.Fatalf("%v: make pictures makes it", err)
	}
	want := blocks(v, kept)
	v.eventually("the page looks like "+path+": make pictures makes it anew", func() bool {
		return unlike(want, blocks(v, v.still())) <= 0.1 // of a map that is still being drawn more differs
	})
}

// still is a picture of the page once two in a row are the same.
func (v *visitor) still() []byte {
	v.Helper()
	var shot []byte
	v.eventually("the page is still", func() bool {
		before := shot
		var err error
		if shot, err = chromedp.Run(v.ctx, chromedp.CaptureScreenshot()); err != nil {
			v.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		return bytes.Equal(before, shot)
	})
	return shot
}

const block = 20 // pixels: text is a grey then, and a changed time no change

// blocks are the mean greys of a picture, block by block.
func blocks(v *visitor, file []byte) map[image.Point]int {
	v.Helper()
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		v.Fatal(err)
	}
	means := map[image.Point]int{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			means[image.Pt(x/block, y/block)] += int(r+g+b) / 3 >> 8
		}
	}
	for at := range means {
		means[at] /= block * block
	}
	return means
}

// unlike is the part of the blocks that differ by more than an eye would forgive.
func unlike(a, b map[image.Point]int) float64 {
	differ := 0
	for at, grey := range a {
		if other := b[at]; grey-other > 16 || other-grey > 16 {
			differ++
		}
	}
	return float64(differ) / float64(max(len(a), len(b)))
}
