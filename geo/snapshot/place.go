package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridwarden/geo"
)

// place is where the files of a snapshot lie: a directory, or a base address of an object
// store or any other web server.
type place interface {
	// open is the content of a file. Its error is a sentence with the file's name.
	open(ctx context.Context, name string) (io.ReadCloser, error)
}

// placeOf tells an address from a directory.
func placeOf(from string) (place, error) {
	base, err := url.Parse(from)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" {
		return folder(from), nil //nolint:nilerr // what is no address is a directory
	}
	if base.Host == "" {
		return nil, geo.Errorf(geo.Invalid, "%q names no server: write the address of the directory, such as https://store.example.org/city", from)
	}
	return &remote{base: base, client: http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: answerTime, DisableCompression: true,
	}}}, nil
}

// folder is a directory.
type folder string

func (d folder) open(_ context.Context, name string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(string(d), name))
	switch {
	case errors.Is(err, fs.ErrNotExist) && name == manifestName:
		return nil, geo.Errorf(geo.NotFound, "there is no snapshot in %s: it has no %s; make one with gridwarden snapshot write %[1]s", string(d), name)
	case errors.Is(err, fs.ErrNotExist):
		return nil, damaged(filepath.Join(string(d), name), "is missing")
	case err != nil:
		return nil, geo.Errorf(geo.Unavailable, "%s cannot be read (%s)", filepath.Join(string(d), name), reason(err))
	}
	return f, nil
}

// How long a server may take to answer, and how slow it may send what it has.
const (
	answerTime = 30 * time.Second
	leastSpeed = 256 << 10 // bytes a second
)

// remote is a base address.
type remote struct {
	base   *url.URL
	client http.Client
}

func (r *remote) open(ctx context.Context, name string) (io.ReadCloser, error) {
	at := r.base.JoinPath(name)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, geo.Errorf(geo.Unavailable, "%s does not answer (%s)", at.Redacted(), inner(err))
	}
	if answer.StatusCode == http.StatusOK {
		return answer.Body, nil
	}
	answer.Body.Close()
	what := "look at the address and the rights to read it"
	if answer.StatusCode == http.StatusNotFound {
		what = "give the address of a directory that gridwarden snapshot write made, copied whole"
	}
	return nil, geo.Errorf(geo.Unavailable, "%s answers %s; %s", at.Redacted(), answer.Status, what)
}

// inner is an error of the web without the address, which may hold a password.
func inner(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// small reads a short file whole; one longer than limit is refused.
func small(ctx context.Context, from place, name string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeFor(limit))
	defer cancel()
	r, err := from.open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, unread(name, err)
	case int64(len(body)) > limit:
		return nil, geo.Errorf(geo.TooLarge, "%s is longer than the %d bytes it may have", name, limit)
	}
	return body, nil
}

func timeFor(bytes int64) time.Duration {
	return answerTime + time.Duration(bytes/leastSpeed)*time.Second
}

func unread(name string, err error) error {
	return geo.Because(err, geo.Unavailable, "%s could not be read to its end (%s); try again", name, reason(inner(err)))
}

// whole opens a file once its size and checksum are found to be those of the manifest. What
// lies elsewhere is first copied to a file without a name, which goes when it is closed.
func whole(ctx context.Context, from place, f File) (_ *os.File, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeFor(f.Bytes))
	defer cancel()
	r, err := from.open(ctx, f.Name)
	if err != nil {
		return nil, err
	}
	file, here := r.(*os.File)
	sum := &counted{sum: sha256.New()}
	to := io.Writer(sum)
	if !here {
		defer r.Close()
		if file, err = nameless(); err != nil {
			return nil, err
		}
		to = io.MultiWriter(file, sum)
	}
	_, err = io.Copy(to, io.LimitReader(&lasting{ctx, r}, f.Bytes+1))
	switch {
	case err != nil:
		err = unread(f.Name, err)
	case sum.n < f.Bytes:
		err = damaged(f.Name, fmt.Sprintf("has %d bytes instead of %d", sum.n, f.Bytes))
	case sum.n > f.Bytes:
		err = damaged(f.Name, fmt.Sprintf("has more than its %d bytes", f.Bytes))
	case hex.EncodeToString(sum.sum.Sum(nil)) != strings.ToLower(f.SHA256):
		err = damaged(f.Name, "does not have its checksum")
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// nameless is a temporary file that nobody else finds.
func nameless() (*os.File, error) {
	f, err := os.CreateTemp("", "gridwarden-snapshot-")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, geo.Errorf(geo.Unavailable, "no room for files of a snapshot (%s); set TMPDIR to a directory with room for all of them", reason(err))
	}
	return f, nil
}

// lasting reads until ctx ends.
type lasting struct {
	ctx context.Context
	r   io.Reader
}

func (l *lasting) Read(b []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	return l.r.Read(b)
}
