import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const API = process.env.FARTHING_URL ?? 'http://127.0.0.1:9090';

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
        manualChunks(id: string) {
          if (/node_modules\/(echarts|zrender)\//.test(id)) return 'echarts';
          if (/node_modules\/(react|react-dom|scheduler)\//.test(id)) return 'react';
          return undefined;
        },
      },
    },
  },
  server: { proxy: { '/api': API, '/openapi.json': API } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
});
