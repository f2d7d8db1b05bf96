/** Writes a path into a value as code would: `params.items[3]["odd key"]`. */
export function formatPath(root: string, path: readonly (string | number)[]): string {
  let text = root
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
  }
  return text
}
