package localdb

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"gridwarden/geo"
)

// account is the user the server runs as.
type account struct {
	name     string
	uid, gid int
}

// serverAccount is the caller, or the user postgres when the caller is root.
func serverAccount() (account, error) {
	if uid := os.Getuid(); uid != 0 {
		name := strconv.Itoa(uid)
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
		return account{name, uid, os.Getgid()}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, geo.Errorf(geo.Unavailable, "PostgreSQL refuses to run as root and there is no user postgres: run \"adduser --system --group postgres\", or work as a plain user")
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, geo.Errorf(geo.Unavailable, "the user postgres has no usable number: %w", err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, geo.Errorf(geo.Unavailable, "the user postgres has no usable group: %w", err)
	}
	return account{u.Username, uid, gid}, nil
}

// sysProcAttr makes a program run as the account, in a session of its own, so that Ctrl-C
// on the terminal does not reach a server.
func (a account) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}
