export const Logo = ({ size = 26 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="#0f6e68" />
    <path d="M8 24V12.5a8 8 0 0 1 16 0V24h-4.5V12.5a3.5 3.5 0 0 0-7 0V24z" fill="#fff" />
    <circle cx="21.7" cy="18" r="1.3" fill="#0f6e68" />
  </svg>
)
