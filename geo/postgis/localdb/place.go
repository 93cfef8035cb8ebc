package localdb

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"gridwarden/geo"
)

// port only names the socket file: nothing listens on the network. It is said everywhere,
// so that a PGPORT in somebody's environment changes nothing.
const port = "5480"

// cluster knows where the private cluster of one checkout lies.
type cluster struct {
	run     string // <checkout>/.run: lock and log
	base    string // holds data; belongs to the server's user
	sockets string // a short path: a socket's has room for about 100 bytes
	owner   account
}

func (c *cluster) data() string    { return filepath.Join(c.base, "data") }
func (c *cluster) logFile() string { return filepath.Join(c.run, "postgres.log") }

func (c *cluster) url() string { return c.urlOf("gridwarden") }

func (c *cluster) urlOf(database string) string {
	q := url.Values{"host": {c.sockets}, "port": {port}, "user": {"gridwarden"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// Root is the checkout that holds dir: the nearest folder upwards with a go.mod.
func Root(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", geo.Errorf(geo.Invalid, "%w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", geo.Errorf(geo.Invalid, "%s is not in a checkout: there is no go.mod in it or above it", start)
		}
	}
}

// find works out the places without making any.
func find(root string) (*cluster, error) {
	abs, err := filepath.Abs(root)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "the checkout cannot be found: %w", err)
	}
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	name := "gridwarden-" + shortHash(abs, strconv.Itoa(owner.uid))
	run := filepath.Join(abs, ".run")
	c := &cluster{run: run, base: filepath.Join(run, "postgres"), sockets: filepath.Join("/tmp", name), owner: owner}
	if !owner.canEnter(abs) {
		c.base = filepath.Join("/var/tmp", name)
	}
	return c, nil
}

// open finds the places and makes the folders.
func open(root string) (*cluster, error) {
	c, err := find(root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.run, 0o755); err != nil {
		return nil, geo.Errorf(geo.Unavailable, "the private database needs a folder .run in the checkout: %w", err)
	}
	if os.Getuid() == 0 { // whatever the umask, the server's user passes through
		if err := os.Chmod(c.run, 0o755); err != nil {
			return nil, geo.Errorf(geo.Unavailable, "%w", err)
		}
	}
	if filepath.Dir(c.base) != c.run {
		note := fmt.Sprintf("The data of the private PostgreSQL are in %s,\nbecause the user %s may not enter this checkout.\n", c.base, c.owner.name)
		if err := os.WriteFile(filepath.Join(c.run, "where.txt"), []byte(note), 0o644); err != nil {
			return nil, geo.Errorf(geo.Unavailable, "%w", err)
		}
	}
	for _, dir := range []string{c.base, c.sockets} {
		if err := c.owner.claim(dir); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func shortHash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%s\x00", p)
	}
	return hex.EncodeToString(h.Sum(nil))[:10]
}

// canEnter asks the kernel, by running a program there as the account: mode bits alone
// would miss access lists, mounts and user namespaces.
func (a account) canEnter(dir string) bool {
	cmd := exec.Command("true") //nolint:noctx // it ends at once
	cmd.Dir = dir
	cmd.SysProcAttr = a.sysProcAttr()
	return cmd.Run() == nil
}

// claim makes a folder that only the account may enter, or makes sure that an existing one
// is such: in /tmp anybody may have put something in our place.
func (a account) claim(dir string) error {
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		if os.Getuid() != 0 {
			return nil
		}
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return geo.Errorf(geo.Unavailable, "%w", err)
		}
		return nil
	case !errors.Is(err, fs.ErrExist):
		return geo.Errorf(geo.Unavailable, "the private database needs the folder %s: %w", dir, err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return geo.Errorf(geo.Unavailable, "%w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != a.uid || info.Mode().Perm()&0o077 != 0 {
		return geo.Errorf(geo.Unavailable, "%s is not a folder of the user %s alone: somebody else put it there, or the private database was made by another user; look at it and remove it", dir, a.name)
	}
	return nil
}
