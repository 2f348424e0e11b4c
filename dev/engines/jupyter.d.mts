export function install(): Promise<string | null>
