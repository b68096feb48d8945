/** The mark: a wren, the bird on the farthing coin: round body, cocked tail. Drawn for this product; holds down to 16 px. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="15" fill="#b0713a" />
      <circle cx="16" cy="16" r="12.6" fill="none" stroke="#f6e3c9" strokeOpacity="0.55" strokeWidth="0.9" />
      <path
        d="M7.1 12.2l3-1.2c.7-2 2.500-3.300 4.700-3.300 2.300 0 4.100 1.300 4.900 3.300.5 1.200 1.400 1.900 2.700 1.700l1.500-5.600 2.100.6-1.100 6.900c-.7 4.200-3.800 7-7.900 7.100l-.5 2.900h-1.500l.4-3h-1.700l-1.100 2.900h-1.600l1.100-3.300c-2.300-1.100-3.500-3.100-3.300-5.700.1-.9.3-1.700.6-2.400z"
        fill="#fff7ec"
      />
      <path d="M13.800 14.700c2.600-.3 5 .6 6.600 2.700-2.300 1.500-5.200 1.200-6.900-.6z" fill="#c98f58" />
      <circle cx="12.900" cy="11.200" r="0.950" fill="#4a2a10" />
    </svg>
  );
}
