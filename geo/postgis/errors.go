package postgis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
)

// badURL tells that the address of the database cannot be read, without repeating it: it
// may hold a password.
func badURL(err error) error {
	return &geo.Error{Kind: geo.Invalid, Message: "the database URL cannot be read; write postgres://USER@HOST:PORT/NAME or postgres:///NAME?host=/SOCKET/FOLDER", Cause: err}
}

// fault turns an error of the database into one of ours. Words of the database stay in the
// cause, for the log. Errors that are already ours, and the end of ctx, pass through.
func fault(err error, doing string) error {
	var ours *geo.Error
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &ours), geo.KindOf(err) != geo.Internal:
		return err
	case errors.As(err, &pg):
		return &geo.Error{Kind: kindOf(pg.Code), Message: sentence(pg.Code, doing), Cause: err}
	case isGone(err):
		return &geo.Error{Kind: geo.Unavailable, Message: "the database does not answer (" + doing + "); see that it runs and try again", Cause: err}
	}
	return &geo.Error{Kind: geo.Internal, Message: doing + " failed", Cause: err}
}

// kindOf sorts SQLSTATE codes: 22 is data that cannot be stored, 40 lost a race, and what
// has to do with connections, rights, room or a schema that is not there passes by itself
// or with an operator's help.
func kindOf(code string) geo.Kind {
	switch {
	case hasClass(code, "08", "28", "3D", "53", "55", "57", readOnly, "42501", "42P01"):
		return geo.Unavailable
	case hasClass(code, "22"):
		return geo.Invalid
	case hasClass(code, "40"):
		return geo.Conflict
	}
	return geo.Internal
}

// readOnly is the SQLSTATE of a server or a transaction that takes no writes.
const readOnly = "25006"

func sentence(code, doing string) string {
	switch {
	case hasClass(code, "22"):
		return "a value cannot be stored (" + doing + "): a text holds a NUL or broken character, or a number is out of range"
	case code == "57014":
		return "the database took too long (" + doing + "); try again"
	case code == readOnly:
		return "the database takes no writes now (" + doing + "): it is read-only, or a standby; try again in a moment, or have --database name the primary"
	case code == "42501":
		return "the database refuses this user (" + doing + "); the user must own the database, and PostGIS must be installed in it"
	case code == "42P01":
		return "the database has no gridwarden schema (" + doing + "); run \"gridwarden migrate\""
	case hasClass(code, "40"):
		return "somebody else wrote at the same time (" + doing + "); try again"
	case hasClass(code, "08", "53", "55", "57"):
		return "the database is not available (" + doing + "); see that it runs and try again"
	case hasClass(code, "28", "3D"):
		return "the database does not let this user in, or is not there (" + doing + "); check the database URL"
	}
	return doing + " failed"
}

func hasClass(code string, classes ...string) bool {
	for _, c := range classes {
		if strings.HasPrefix(code, c) {
			return true
		}
	}
	return false
}

// isGone tells that the connection failed or broke, rather than the statement.
func isGone(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) || errors.Is(err, io.ErrUnexpectedEOF) ||
		pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}
