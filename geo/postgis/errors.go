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

// fault turns an error of the database into one of ours. Words of the database stay in the
// cause, for the log. Errors that are already ours, and the end of ctx, pass through.
func fault(err error, doing string) error {
	var ours *geo.Error
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &ours), geo.KindOf(err) != geo.Internal:
		return err
	case errors.As(err, &pg):
		return refusal(err, pg.Code, doing)
	case isGone(err):
		return geo.Because(err, geo.Unavailable, "the database does not answer (%s); see that it runs and try again", doing)
	}
	return geo.Because(err, geo.Internal, "%s failed", doing)
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

// refusal is what a person is told of an SQLSTATE code.
func refusal(err error, code, doing string) error {
	switch {
	case hasClass(code, "22"):
		return geo.Because(err, kindOf(code), "a value cannot be stored (%s): a text holds a NUL or broken character, or a number is out of range", doing)
	case code == "57014":
		return geo.Because(err, kindOf(code), "the database took too long (%s); try again", doing)
	case code == readOnly:
		return geo.Because(err, kindOf(code), "the database takes no writes now (%s): it is read-only, or a standby; try again in a moment, or have --database name the primary", doing)
	case code == "42501":
		return geo.Because(err, kindOf(code), "the database refuses this user (%s); the user must own the database, and PostGIS must be installed in it", doing)
	case code == "42P01":
		return geo.Because(err, kindOf(code), "the database has no gridwarden schema (%s); run \"gridwarden migrate\"", doing)
	case hasClass(code, "40"):
		return geo.Because(err, kindOf(code), "somebody else wrote at the same time (%s); try again", doing)
	case hasClass(code, "08", "53", "55", "57"):
		return geo.Because(err, kindOf(code), "the database is not available (%s); see that it runs and try again", doing)
	case hasClass(code, "28", "3D"):
		return geo.Because(err, kindOf(code), "the database does not let this user in, or is not there (%s); check the database URL", doing)
	}
	return geo.Because(err, kindOf(code), "%s failed", doing)
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
