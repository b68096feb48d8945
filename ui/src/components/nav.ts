/** Where one can go: the navigation and the palette read this. Pages are named here once they work. */
import { BadgeDollarSign, Boxes, Gauge, LayoutDashboard, Server, Settings2, Stethoscope, type LucideIcon } from 'lucide-react';

export interface Place {
  to: '/' | '/allocations' | '/infrastructure' | '/clusters' | '/efficiency' | '/doctor' | '/settings';
  title: string;
  doc: string;
  icon: LucideIcon;
}

export const PLACES: readonly (readonly [caption: string, places: readonly Place[]])[] = [
  ['', [{ to: '/', title: 'Overview', doc: 'What is spent, what changed, where it goes', icon: LayoutDashboard }]],
  [
    'Monitor',
    [
      { to: '/allocations', title: 'Allocations', doc: 'Who pays: by namespace, team, controller, label', icon: BadgeDollarSign },
      { to: '/infrastructure', title: 'Assets', doc: 'What is paid for: nodes, volumes, load balancers', icon: Server },
      { to: '/efficiency', title: 'Efficiency', doc: 'What is paid for and not used', icon: Gauge },
      { to: '/clusters', title: 'Clusters', doc: 'What each costs and how fresh its data are', icon: Boxes },
    ],
  ],
  [
    'Admin',
    [
      { to: '/doctor', title: 'Doctor', doc: 'What makes numbers wrong, and the cure', icon: Stethoscope },
      { to: '/settings', title: 'Settings', doc: 'Prices, sharing, sources, as they are in force', icon: Settings2 },
    ],
  ],
];
