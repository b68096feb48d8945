import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { Shell } from '../components/Shell';
import { allocationParameters, answers, parseQuery, prefetchMeta, prefetchView, printQuery, readSearch, whole } from '../data';
import { NotFound, PageFailed } from '../pages/NotFound';
import { client } from './client';

const root = createRootRoute({
  component: Shell, notFoundComponent: NotFound, errorComponent: PageFailed, validateSearch: readSearch,
  loader: () => prefetchMeta(client),
});

/**
 * A page's file. One that is not there is of an earlier build: then the router loads everything anew. Where nobody answers that would leave
 * the browser's own page of errors, so that it is told here.
 */
const file = <Module,>(load: () => Promise<Module>) => (): Promise<Module> =>
  load().catch(async (error: unknown) => {
    await answers();
    throw error;
  });

/** Path → page. Each page is a file of its own and comes when it is needed; what it asks first is asked meanwhile (`loader`). */
const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(file(() => import('../pages/overview')), 'Overview') }),
  createRoute({
    getParentRoute: () => root, path: '/allocations',
    loader: ({ location }) => prefetchView(client, '/allocation/view', allocationParameters(whole(location.search))),
    component: lazyRouteComponent(file(() => import('../pages/allocations')), 'Allocations'),
  }),
  createRoute({ getParentRoute: () => root, path: '/infrastructure', component: lazyRouteComponent(file(() => import('../pages/infrastructure')), 'Infrastructure') }),
  createRoute({ getParentRoute: () => root, path: '/workload', component: lazyRouteComponent(file(() => import('../pages/workload')), 'Workload') }),
  createRoute({ getParentRoute: () => root, path: '/clusters', component: lazyRouteComponent(file(() => import('../pages/clusters')), 'Clusters') }),
  createRoute({ getParentRoute: () => root, path: '/efficiency', component: lazyRouteComponent(file(() => import('../pages/efficiency')), 'EfficiencyPage') }),
  createRoute({ getParentRoute: () => root, path: '/doctor', component: lazyRouteComponent(file(() => import('../pages/doctor')), 'Doctor') }),
  createRoute({ getParentRoute: () => root, path: '/settings', component: lazyRouteComponent(file(() => import('../pages/settings')), 'Settings') }),
]);

export const router = createRouter({
  routeTree, defaultErrorComponent: PageFailed, parseSearch: parseQuery, stringifySearch: printQuery, defaultPreload: 'intent', scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
