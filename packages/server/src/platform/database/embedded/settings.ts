import { totalmem } from 'node:os'

const mebibyte = 1024 * 1024

/** What differs from PostgreSQL's own defaults. Safety settings (fsync, full_page_writes) stay as they are: on. */
export function settings(socketFolder: string): Record<string, string> {
  const memory = totalmem() / mebibyte
  return {
    // Reached through the socket only: nothing listens on the network.
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0770',
    max_connections: '100',
    shared_buffers: `${Math.round(Math.min(1024, Math.max(128, memory / 16)))}MB`,
    effective_cache_size: `${Math.round(memory / 2)}MB`,
    // Short transactions: planning with a compiler costs more than it saves.
    jit: 'off',
    random_page_cost: '1.1',
    max_wal_size: '2GB',
    wal_compression: 'on',
    checkpoint_timeout: '15min',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // A client that died with its transaction open must not hold locks for long.
    idle_in_transaction_session_timeout: '60s',
    tcp_keepalives_idle: '60',
  }
}
