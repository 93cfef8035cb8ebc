// Command gridwarden runs a city by grid: it imports areas, assets and departments into
// PostGIS, answers who is responsible where, and serves the map.
//
// This package is wiring: it reads settings, opens what is needed, and hands over. What is
// decided is decided in the rooms under geo.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"slices"
	"strings"
	"syscall"
	"time"

	"gridwarden/geo"
)

// Exit codes, the same for every command.
const (
	exitDone        = 0
	exitFaults      = 1 // the data has faults
	exitUsage       = 2 // usage or environment
	exitInterrupted = 130
)

// patience is how long interrupted work may take to end by itself, which a server needs for
// its last requests. What hangs longer, waiting for a pipe to which nobody writes, is left.
const patience = 20 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }()
	select {
	case code := <-ended:
		os.Exit(code)
	case <-ctx.Done():
	}
	// Another Ctrl-C ends it at once; within a second it may be the same one, passed on.
	time.AfterFunc(time.Second, stop)
	select {
	case code := <-ended:
		os.Exit(code)
	case <-time.After(patience):
		fmt.Fprintln(os.Stderr, interrupted)
		os.Exit(exitInterrupted)
	}
}

const interrupted = "interrupted; nothing was left half done"

// command is one thing gridwarden can be told to do.
type command struct {
	name  string // as typed, with its sub-command
	args  string // what follows, for the help
	short string
	run   func(context.Context, *call) error
}

func commands() []command {
	return []command{
		{"migrate", "", "bring the database to the newest schema", migrate},
		{"serve", "[--addr HOST:PORT]", "serve the map, tiles and look-ups", serve},
		{"import areas", "--layer NAME … FILE... | --plan FILE.json", "import or replace layers of areas", importAreas},
		{"import assets", "(--category FIELD | --category-code CODE) … FILE...", "import assets", importAssets},
		{"import departments", "FILE.csv", "import departments; those left out stay, valid_until ends one", importDepartments},
		{"import categories", "FILE.csv", "import categories; those left out stay", importCategories},
		{"import rules", "FILE.csv", "import the duty rows: who answers, where, for what, when", importRules},
		{"import standards", "FILE.csv", "import the filing standards: when a case is filed, and its time limit", importStandards},
		{"import calendar", "FILE.csv", "import the working calendar: seasons, holidays, make-up days", importCalendar},
		{"import groups", "FILE.csv", "import management, duty and evaluation grids as lists of areas", importGroups},
		{"import posts", "FILE.csv", "import who is on duty where", importPosts},
		{"import crosswalk", "FILE.csv", "import what old codes mean today", importCrosswalk},
		{"import reports", "--source NAME … FILE.csv", "back-fill past reports, each routed as of its own time and none delivered; the file is refused when a row is wrong, and may be typed again when interrupted", importReports},
		{"propose rules", "--history FILE.csv --standard NAME --type FIELD --department FIELD …", "propose duty rows from what really happened, for a person to accept; nothing is changed", proposeRules},
		{"key create", "--name NAME", "make a key and show it once", keyCreate},
		{"key list", "", "list the keys", keyList},
		{"key revoke", "ID", "end a key", keyRevoke},
		{"audit verify", "[--noted NUMBER:HASH]", "read the audit log of every write and export whole, and say whether anybody changed it, or where its chain breaks", auditVerify},
		{"audit export", "[--format ndjson|csv] FILE", "write the audit log into a file, from which its hashes can be worked out again", auditExport},
		{"check", "[--layer NAME]", "check the areas for overlaps, gaps and wrong nesting", check},
		{"check responsibility", "[--at TIME] [--against EDITION] [--rules FILE.csv]", "say for every category, place and span of the week who would answer: where nobody does, where two do", checkResponsibility},
		{"check tiles", "[--layer NAME]", "say at each zoom how far from the borders tiles draw them, and that neighbours draw the same", checkTiles},
		{"snapshot write", "DIR", "write the present state as GeoParquet files, from which servers start in seconds and which other tools read; DIR appears, or an older snapshot there is replaced, only once all of it is on disk", snapshotWrite},
		{"snapshot check", "DIR|URL", "say whether a snapshot is whole, and of what", snapshotCheck},
		{"export tiles", "[--format pmtiles|mbtiles] [--zoom A-B] [--bbox W,S,E,N] OUT", "write the tiles into one file, PMTiles or MBTiles, for maps that are served without this program; the file appears, or an older archive there is replaced, only once all of it is on disk, and what was interrupted goes on when it is typed again", exportTiles},
		{"export areas", "--layer NAME[,NAME] [--format geojson|geojsonseq|csv] [--edition N | --at TIME] FILE|-", "write the areas of layers into a file, of the newest state or a past one", exportAreas},
		{"export assets", "[--layer NAME,…] [--format geojson|geojsonseq|csv] [--edition N | --at TIME] FILE|-", "write all assets into a file, with all their attributes and the areas they lie in", exportAssets},
		{"export reports", "[--layer NAME,…] [--format geojson|geojsonseq|csv] [--edition N | --at TIME] FILE|-", "write all reports into a file, as they stand now and without what people wrote in them", exportReports},
		{"locate", "--layer NAME[,NAME] [FILE|-]", "add the area of each layer to the rows of a file", locate},
		{"demo", "[--seed] [DIR] | --snapshot DIR", "write the generated demo city as files or as a snapshot, or import it", demo},
	}
}

// call is one invocation: what the person typed and where the answers go.
type call struct {
	flags    *flag.FlagSet
	raw      []string // as typed
	args     []string // what is left after the flags
	in       io.Reader
	out, err io.Writer
	settings settings
}

// run finds the command, runs it and turns its error into an exit code and a sentence.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "-h")
	}
	cmd, rest := find(args)
	switch {
	case cmd != nil:
	case len(args) > 0 && (args[0] == "-h" || args[0] == "--help"):
		usage(out)
		return exitDone
	case len(args) > 0:
		fmt.Fprintf(errs, "gridwarden: %s\n", unknownCommand(args))
		return exitUsage
	default:
		usage(errs)
		return exitUsage
	}
	c := &call{
		flags: flag.NewFlagSet(cmd.name, flag.ContinueOnError),
		raw:   rest, in: in, out: out, err: errs,
	}
	c.flags.SetOutput(io.Discard) // parse tells what is wrong
	c.settings.register(c.flags)
	err := cmd.run(geo.By(ctx, operator(cmd.name)), c)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, flag.ErrHelp):
		cmd.help(out, c.flags)
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(errs, interrupted)
		return exitInterrupted
	}
	fmt.Fprintf(errs, "gridwarden: %s\n", sentence(err))
	switch geo.KindOf(err) {
	case geo.Faulty, geo.Invalid, geo.Conflict, geo.TooLarge:
		return exitFaults
	}
	return exitUsage
}

// operator is who runs a command, for the audit log: the user of the machine.
func operator(command string) geo.Actor {
	name := os.Getenv("USER")
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return geo.Actor{Name: name, From: "gridwarden " + command}
}

// parse reads the flags, which may stand before, between and after the files.
func (c *call) parse() error {
	rest := c.raw
	for {
		if err := c.flags.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return usagef("%v; see gridwarden %s -h", err, c.flags.Name())
		}
		rest = c.flags.Args()
		if len(rest) == 0 {
			return c.settings.complete()
		}
		c.args = append(c.args, rest[0])
		rest = rest[1:]
	}
}

// parseAlone is parse for a command that takes nothing but flags.
func (c *call) parseAlone() error {
	err := c.parse()
	if err == nil && len(c.args) > 0 {
		err = usagef("%q is one word too many; see gridwarden %s -h", c.args[0], c.flags.Name())
	}
	return err
}

// usageError is a command typed wrongly.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// find takes the longest command name the arguments start with.
func find(args []string) (*command, []string) {
	var best *command
	words := 0
	for _, c := range commands() {
		name := strings.Fields(c.name)
		if len(name) > words && len(args) >= len(name) && strings.Join(args[:len(name)], " ") == c.name {
			best, words = &c, len(name)
		}
	}
	return best, args[words:]
}

// unknownCommand says which commands there are near what was typed.
func unknownCommand(args []string) string {
	var known []string
	for _, c := range commands() {
		if strings.HasPrefix(c.name, args[0]+" ") {
			known = append(known, "gridwarden "+c.name)
		}
	}
	if len(known) > 0 {
		return fmt.Sprintf("%s what? There are: %s", args[0], strings.Join(known, ", "))
	}
	return fmt.Sprintf("there is no command %q; gridwarden -h lists them", args[0])
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "gridwarden runs a city by grid: who is responsible here, for this?")
	fmt.Fprintln(w, "\nCommands (gridwarden COMMAND -h tells more):")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-20s %s\n", c.name, c.short)
	}
	fmt.Fprintln(w, "\nSettings come from flags, else from the environment (GRIDWARDEN_DATABASE_URL, GRIDWARDEN_ADDR, GRIDWARDEN_LOG), else defaults.")
}

func (c *command) help(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n\n%s.\n\n", strings.TrimSpace("gridwarden "+c.name+" "+c.args), capital(c.short))
	if columns := columnHelp(c.name); columns != "" {
		fmt.Fprintln(w, columns)
	}
	flags.SetOutput(w)
	flags.PrintDefaults()
}

// sentence is what a person is told of an error. One that is ours to mend comes with its
// cause: there is no other log.
func sentence(err error) string {
	if geo.KindOf(err) == geo.Internal {
		return err.Error()
	}
	return geo.Sentence(err)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// cause is the innermost reason of the system, without the names of its calls: "no such
// file or directory", "address already in use".
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
