import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { Shell } from '../components/Shell';
import { allocationParameters, parseQuery, prefetchMeta, prefetchView, printQuery, readSearch, whole } from '../data';
import { NotFound, PageFailed } from '../pages/NotFound';
import { client } from './client';

const root = createRootRoute({
  component: Shell, notFoundComponent: NotFound, errorComponent: PageFailed, validateSearch: readSearch,
  loader: () => prefetchMeta(client),
});

/** Path → page. Each page is a file of its own and comes when it is needed; what it asks first is asked meanwhile (`loader`). */
const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('../pages/overview'), 'Overview') }),
  createRoute({
    getParentRoute: () => root, path: '/allocations',
    loader: ({ location }) => prefetchView(client, '/allocation/view', allocationParameters(whole(location.search))),
    component: lazyRouteComponent(() => import('../pages/allocations'), 'Allocations'),
  }),
  createRoute({ getParentRoute: () => root, path: '/infrastructure', component: lazyRouteComponent(() => import('../pages/infrastructure'), 'Infrastructure') }),
  createRoute({ getParentRoute: () => root, path: '/workload', component: lazyRouteComponent(() => import('../pages/workload'), 'Workload') }),
  createRoute({ getParentRoute: () => root, path: '/clusters', component: lazyRouteComponent(() => import('../pages/clusters'), 'Clusters') }),
  createRoute({ getParentRoute: () => root, path: '/efficiency', component: lazyRouteComponent(() => import('../pages/efficiency'), 'EfficiencyPage') }),
  createRoute({ getParentRoute: () => root, path: '/doctor', component: lazyRouteComponent(() => import('../pages/doctor'), 'Doctor') }),
  createRoute({ getParentRoute: () => root, path: '/settings', component: lazyRouteComponent(() => import('../pages/settings'), 'Settings') }),
]);

export const router = createRouter({ routeTree, parseSearch: parseQuery, stringifySearch: printQuery, defaultPreload: 'intent', scrollRestoration: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
