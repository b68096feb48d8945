import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const API = process.env.FARTHING_URL ?? 'http://127.0.0.1:9090';

// What every page is made of comes in one piece: a page in twenty of them waits for twenty. The calendar stays apart: few open it.
const DRAWING = /node_modules\/(echarts|zrender)\//;
const REACT = /node_modules\/(react|react-dom|scheduler)\//;
const COMMON = /\/src\/(app|components|data|format|theme)\/|node_modules\/(@tanstack|radix-ui|@radix-ui|lucide-react)\//;
const LATER = '/components/Calendar.tsx';

// Chromium compiles a file that says so as a whole and beside the page's own thread, not function by function while the page waits.
const AT_ONCE = '//# allFunctionsCalledOnLoad';

// The page goes into the Python package, where both the wheel and nginx's image find it. Hashed files lie in `_s`, for `/assets` is a path of the API.
export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    outDir: '../src/farthing/_screen',
    assetsDir: '_s',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        postBanner: AT_ONCE,
        manualChunks(id: string) {
          if (DRAWING.test(id)) return 'echarts';
          if (REACT.test(id)) return 'react';
          return COMMON.test(id) && !id.includes(LATER) ? 'common' : undefined;
        },
      },
    },
  },
  server: { proxy: { '/api': API, '/openapi.json': API } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
});
