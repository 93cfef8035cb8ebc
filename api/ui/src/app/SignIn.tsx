// Who is signed in, and signing in with a key.

export function SignIn() {
  return null;
}
