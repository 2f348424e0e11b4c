import { totalmem } from 'node:os'
import type { Places } from './places.ts'

const mebibyte = 1024 * 1024

/** What differs from PostgreSQL's own defaults. Safety settings (fsync, full_page_writes) stay as they are: on. */
export function settings({ sockets, name }: Places): Record<string, string> {
  const memory = Math.floor(totalmem() / mebibyte)
  return {
    // Reached through the socket only: nothing listens on the network.
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    // Stands in the title of every process, so that leftovers of this cluster can be told from others.
    cluster_name: name,
    max_connections: '100',
    // The machine is shared with the server itself; the page cache does the rest.
    shared_buffers: `${Math.max(32, Math.min(256, Math.floor(memory / 4)))}MB`,
    effective_cache_size: `${Math.floor(memory / 2)}MB`,
    // Short transactions: compiling a plan costs more than it saves.
    jit: 'off',
    // Solid-state disks: reading at random costs little more than in order.
    random_page_cost: '1.1',
    // Fewer, longer checkpoints write whole pages to the log less often.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %u@%d ',
    // Into the log go messages, not the values of statements: there may be secrets among them.
    log_parameter_max_length_on_error: '0',
    // A client that died with its transaction open must not hold locks for long.
    idle_in_transaction_session_timeout: '60s',
  }
}
