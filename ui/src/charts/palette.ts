/** Colours of series: by rank in the whole window, the same in every bar and beside every row; past the eighth grey, never again the first. */
import { token } from '../theme/theme';

export const SERIES = 8;
export const IDLE = 'Idle';

export const seriesToken = (rank: number): string => (rank < SERIES ? `--s${rank}` : '--other');
export const seriesColour = (rank: number): string => token(seriesToken(rank));
export const seriesCss = (rank: number): string => `var(${seriesToken(rank)})`;
