package ui

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// builtFiles are the files of the page as it was built, by name within dist.
func builtFiles(t *testing.T, pattern string) map[string]string {
	t.Helper()
	if _, err := fs.Stat(files, "dist/index.html"); err != nil {
		t.Skip("the page is not built: npm ci && npm run build in api/ui")
	}
	found, err := fs.Glob(files, "dist/"+pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s: %v", pattern, err)
	}
	texts := map[string]string{}
	for _, name := range found {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimPrefix(name, "dist")] = string(text)
	}
	return texts
}

// ofMapLibre tells the files that are MapLibre's alone.
func ofMapLibre(name string) bool { return strings.HasPrefix(path.Base(name), "maplibre") }

func TestOurOwnScriptStaysSmall(t *testing.T) {
	t.Parallel()
	total := 0
	for name, text := range builtFiles(t, "assets/*.js") {
		if !ofMapLibre(name) {
			total += len(pack([]byte(text)))
		}
	}
	t.Logf("all of it is %d KB of gzip", total/1000)
	if total > 300_000 {
		t.Errorf("our own script is %d KB of gzip, 300 at most are wanted", total/1000)
	}
}

// A script, a style sheet and what they load are files of ours; what stands inline would be
// refused by the policy, and nobody would see why.
func TestNoPageHoldsAScriptOrAStyleItself(t *testing.T) {
	t.Parallel()
	script := regexp.MustCompile(`(?s)<script\b([^>]*)>(.*?)</script>`)
	for name, text := range builtFiles(t, "*.html") {
		for _, found := range script.FindAllStringSubmatch(text, -1) {
			if strings.TrimSpace(found[2]) != "" || !strings.Contains(found[1], ` src="./assets/`) {
				t.Errorf("%s holds the script %.80s", name, found[0])
			}
		}
		for what, inline := range map[string]string{
			"a style sheet": `<style\b`, "a style": `\sstyle\s*=`, "a handler": `\son[a-z]+\s*=`, "an address that runs": `javascript:`,
			"another host": `(src|href|action)="([a-z]+:)?//`,
		} {
			if found := regexp.MustCompile("(?i)" + inline).FindString(text); found != "" {
				t.Errorf("%s holds %s: %s", name, what, found)
			}
		}
	}
}

func TestOurOwnFilesNameNoOtherHost(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`(https?:)?//[\w-]+(\.[\w-]+)+[^\s"'` + "`" + `)]*|url\(["']?//`)
	for _, pattern := range []string{"assets/*.js", "assets/*.css", "*.html", "*.svg"} {
		for name, text := range builtFiles(t, pattern) {
			for _, found := range address.FindAllString(text, -1) {
				if !ofMapLibre(name) && !strings.HasPrefix(found, "http://www.w3.org/") { // names of XML, which nobody fetches
					t.Errorf("%s names %s", name, found)
				}
			}
		}
	}
}

func TestEveryFileOfThePageCarriesThePolicy(t *testing.T) {
	t.Parallel()
	h := Handler()
	for _, pattern := range []string{"*.*", "assets/*"} {
		for name := range builtFiles(t, pattern) {
			if name == "/embed.html" {
				name = "/embed"
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, name, http.NoBody))
			if got := w.Header().Get("Content-Security-Policy"); w.Code != http.StatusOK || got != policy+nobody {
				t.Errorf("%s: %d with the policy %q", name, w.Code, got)
			}
		}
	}
}

// What people write is put on the page as text, never as markup.
func TestNoSourceMakesMarkupOfText(t *testing.T) {
	t.Parallel()
	danger := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function|setHTML\(`)
	err := filepath.WalkDir("src", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if found := danger.Find(text); found != nil {
			t.Errorf("%s uses %s", name, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
