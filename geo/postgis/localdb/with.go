package localdb

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"gridwarden/geo"
)

// With runs a command with [Env] set to a database that is up, and returns its exit code.
// It stops the private cluster afterwards only if it started it and nobody else uses it.
// Signals go to the command, and With waits for its end.
func With(ctx context.Context, root string, log io.Writer, argv []string) (exit int, err error) {
	if len(argv) == 0 {
		return 2, geo.Errorf(geo.Invalid, "say which command to run: localdb with -- COMMAND")
	}
	url, stop, release, err := use(ctx, root, log)
	if err != nil {
		return 2, err
	}
	defer release()
	exit, err = runWith(argv, append(os.Environ(), Env+"="+url))
	return exit, errors.Join(err, stop(context.WithoutCancel(ctx)))
}

// runWith runs the command. On a terminal it stays in the terminal's foreground group,
// which gets Ctrl-C by itself; elsewhere it has a group of its own, so that each signal
// reaches it once.
func runWith(argv, env []string) (exit int, err error) {
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // signals end it, not a context
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	terminal := term.IsTerminal(int(os.Stdin.Fd()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !terminal}

	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 2, geo.Errorf(geo.Invalid, "%s cannot be run: %w", argv[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			forward(cmd.Process.Pid, s, terminal)
		case err := <-ended:
			return exitCode(err)
		}
	}
}

func forward(pid int, s os.Signal, terminal bool) {
	number, ok := s.(syscall.Signal)
	switch {
	case !ok || terminal && number == syscall.SIGINT:
	case terminal:
		_ = syscall.Kill(pid, number) // it may have ended already
	default:
		_ = syscall.Kill(-pid, number)
	}
}

// exitCode is the command's, or 128 and the signal that ended it, as shells count.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
