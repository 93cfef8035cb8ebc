package localdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"gridwarden/geo"
)

const oldest = 15 // the oldest major version of PostgreSQL that will do

// ErrMissing is in the chain of an error that says that PostgreSQL with PostGIS is not there,
// cannot be installed by the caller, and how somebody can.
var ErrMissing = errors.New("PostgreSQL with PostGIS is missing")

// Install makes sure that the programs are there, which root may install. With [Env] set
// none are needed.
func Install(ctx context.Context, root string, log io.Writer) error {
	if os.Getenv(Env) != "" {
		return nil
	}
	_, err := findOrInstall(ctx, root, log)
	return err
}

// missing is an [ErrMissing] that says what to do.
func missing(format string, args ...any) error {
	return geo.Errorf(geo.Unavailable, "%w", missingError(fmt.Sprintf(format, args...)))
}

type missingError string

func (e missingError) Error() string { return string(e) }

func (missingError) Is(target error) bool { return target == ErrMissing }

// findOrInstall is the folder with the programs of the newest PostgreSQL that has PostGIS.
func findOrInstall(ctx context.Context, root string, log io.Writer) (bin string, err error) {
	if bin, ok := installed("/"); ok {
		return bin, nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "", missing("PostgreSQL %d or newer with PostGIS 3.3 or newer is missing in /usr/lib/postgresql; install it, or set %s to a database of yours", oldest, Env)
	}
	if os.Getuid() != 0 {
		return "", missing("PostgreSQL with PostGIS is missing: install it with \"sudo apt-get install postgresql-postgis\", or set %s to a database of yours", Env)
	}
	alone, err := installLock(ctx, root)
	if err != nil {
		return "", err
	}
	defer alone.Close()
	if bin, ok := installed("/"); ok { // another process was first
		return bin, nil
	}
	fmt.Fprintln(log, "Installing PostgreSQL and PostGIS from the distribution's packages")
	if err := install(ctx); err != nil {
		return "", err
	}
	if bin, ok := installed("/"); ok {
		return bin, nil
	}
	return "", missing("the distribution's PostgreSQL or PostGIS is too old: version %d and 3.3 are needed; set %s to a database of yours", oldest, Env)
}

// installed finds the newest usable PostgreSQL below the root of a file system laid out
// as Debian's.
func installed(fsRoot string) (bin string, ok bool) {
	newest := 0
	dirs, _ := filepath.Glob(filepath.Join(fsRoot, "usr/lib/postgresql/*/bin/postgres"))
	for _, program := range dirs {
		dir := filepath.Dir(program)
		version := filepath.Base(filepath.Dir(dir))
		major, err := strconv.Atoi(version)
		if err != nil || major < oldest || major <= newest {
			continue
		}
		if hasPostGIS(filepath.Join(fsRoot, "usr/share/postgresql", version, "extension/postgis.control")) {
			newest, bin = major, dir
		}
	}
	return bin, newest > 0
}

var defaultVersion = regexp.MustCompile(`default_version = '(\d+)\.(\d+)`)

func hasPostGIS(control string) bool {
	text, err := os.ReadFile(control)
	if err != nil {
		return false
	}
	m := defaultVersion.FindSubmatch(text)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(string(m[1]))
	minor, _ := strconv.Atoi(string(m[2]))
	return major > 3 || major == 3 && minor >= 3
}

// matching is the folder with the programs of the version that made the data, or bin when
// there are none yet.
func (c *cluster) matching(bin string) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return bin, nil
	}
	if err != nil {
		return "", geo.Errorf(geo.Unavailable, "the data of the private database cannot be read: %w", err)
	}
	version := strings.TrimSpace(string(text))
	if version == filepath.Base(filepath.Dir(bin)) {
		return bin, nil
	}
	bin = filepath.Join("/usr/lib/postgresql", version, "bin")
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		return "", geo.Errorf(geo.Unavailable, "the data in %s were made by PostgreSQL %s, which is not installed: install postgresql-%s-postgis-3, or run \"make clean\" to start anew", c.base, version, version)
	}
	return bin, nil
}

func installLock(ctx context.Context, root string) (*os.File, error) {
	run := filepath.Join(root, ".run")
	if err := os.MkdirAll(run, 0o755); err != nil {
		return nil, geo.Errorf(geo.Unavailable, "the private database needs a folder .run in the checkout: %w", err)
	}
	return flock(ctx, filepath.Join(run, "install"), syscall.LOCK_EX)
}

// dropIn keeps Debian's packages from making and starting a cluster of the system.
const dropIn = "/etc/postgresql-common/createcluster.d/gridwarden.conf"

func install(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(dropIn), 0o755); err != nil {
		return geo.Errorf(geo.Unavailable, "%w", err)
	}
	if err := os.WriteFile(dropIn, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return geo.Errorf(geo.Unavailable, "%w", err)
	}
	defer os.Remove(dropIn)
	if err := apt(ctx, "update"); err != nil {
		return err
	}
	if err := apt(ctx, "install", "postgresql-common"); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "apt-cache", "depends", "postgresql").Output()
	server := regexp.MustCompile(`postgresql-\d+`).FindString(string(out))
	if err != nil || server == "" {
		return missing("the distribution offers no package postgresql; set %s to a database of yours", Env)
	}
	return apt(ctx, "install", server, server+"-postgis-3")
}

func apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return missing("\"apt-get %s\" failed: %s", strings.Join(args, " "), lastLine(out, err))
	}
	return nil
}
