/** The error that a call ends with; a test fails where there is none. */
export async function thrown(call: () => unknown): Promise<Error & { readonly hint?: string }> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`nothing was thrown, the value is ${JSON.stringify(value)}`);
}
