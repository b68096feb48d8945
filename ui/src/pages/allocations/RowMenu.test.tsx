import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { RowMenu } from './RowMenu';

afterEach(cleanup);

test('an open menu goes when another row takes its place: what is chosen is done to the row that was clicked', async () => {
  const done: string[] = [];
  const menuOf = (name: string) => <RowMenu name={name} ways={() => [{ title: 'Only this', go: () => done.push(name) }]} />;
  const user = userEvent.setup();
  const { rerender } = render(menuOf('search'));
  await user.click(screen.getByRole('button', { name: 'Actions for search' }));
  expect(screen.getByRole('menuitem', { name: 'Only this' })).toBeTruthy();
  rerender(menuOf('checkout'));
  expect(screen.queryByRole('menuitem')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Actions for checkout' }));
  await user.click(screen.getByRole('menuitem', { name: 'Only this' }));
  expect(done).toEqual(['checkout']);
});
