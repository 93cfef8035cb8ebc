// Package ui is the page at / of the service: the workplaces of the call-taker, the planner
// and the duty officer, in one web app made with Vite, TypeScript, Preact and MapLibre GL, built
// into dist and embedded in the binary. It speaks to the service only through the api, like any
// other client, and to no other host.
//
// dist is not committed. Until `npm run build` has made it, the committed dist.html stands
// in and says so; the pattern below matches whichever is there.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed dist*
var files embed.FS

// policy lets a page load only what this server serves. Images are also made by
// MapLibre itself, from data in its style sheet and blobs; nothing is run from those. Whom it
// may be framed by follows.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; " +
	"img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors "

// nobody frames a page.
const nobody = "'none'"

// file is a file of the page as it is sent.
type file struct {
	kind   string // its media type
	framed string // who may show it in a frame
	etag   string
	fixed  bool // its name changes with its content
	plain  []byte
	packed func() []byte // gzip; made when first asked for
}

// Handler serves the page and its files; what it does not have is 404, and methods other
// than GET and HEAD are 405. Files whose name holds their hash may be kept for ever, the
// page itself is asked for again each time, by its ETag. At /embed is the page for the screens
// of other systems: those of the parents, origins such as https://desk.example, may frame it,
// and nobody may frame any other.
func Handler(parents ...string) http.Handler { return handler(files, parents...) }

func handler(from fs.FS, parents ...string) http.Handler {
	pages := load(from)
	if embed, built := pages["/embed.html"]; built {
		delete(pages, "/embed.html")
		pages["/embed"] = embed
		if len(parents) > 0 {
			embed.framed = strings.Join(parents, " ")
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
			return
		}
		f, ok := pages[r.URL.Path]
		if !ok {
			http.Error(w, "There is nothing here; the map is at /.", http.StatusNotFound)
			return
		}
		f.serve(w, r)
	})
}

// load reads the built page by the path each file has on the server, or the page that
// stands in for it.
func load(from fs.FS) map[string]*file {
	pages := make(map[string]*file)
	_ = fs.WalkDir(from, "dist", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			pages[strings.TrimPrefix(name, "dist")] = read(from, name)
		}
		return err
	})
	if index, ok := pages["/index.html"]; ok {
		pages["/"] = index
	} else {
		pages["/"] = read(from, "dist.html")
	}
	return pages
}

func read(from fs.FS, name string) *file {
	content, _ := fs.ReadFile(from, name) // it was just listed, or is committed
	sum := sha256.Sum256(content)
	return &file{
		kind:   kindOf(path.Ext(name)),
		framed: nobody,
		etag:   base64.RawURLEncoding.EncodeToString(sum[:12]),
		fixed:  strings.HasPrefix(name, "dist/assets/"),
		plain:  content,
		packed: sync.OnceValue(func() []byte { return pack(content) }),
	}
}

// kindOf is the media type of a file by its ending; not every system knows all of them.
func kindOf(ending string) string {
	switch ending {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	}
	return mime.TypeByExtension(ending)
}

func pack(content []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy+f.framed)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if f.fixed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, etag := f.plain, f.etag
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body, etag = f.packed(), f.etag+"-gzip"
	}
	h.Set("ETag", `"`+etag+`"`)
	// ServeContent answers If-None-Match and HEAD; the name and time say nothing here.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip tells whether a client accepts gzip: it names it, and not with the weight 0.
func takesGzip(accepted string) bool {
	for coding := range strings.SplitSeq(accepted, ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		if strings.TrimSpace(name) == "gzip" {
			weight, given := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
			return !given || strings.Trim(weight, "0.") != ""
		}
	}
	return false
}
