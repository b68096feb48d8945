/** A button that says what is chosen, and a menu to choose another. */
import { ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { memo, type ReactNode } from 'react';

export interface Choice {
  value: string;
  title: string;
  hint?: string;
}

export const Choose = memo(function ChooseOf({
  label, value, choices, onChoose, icon, shown, caption,
}: {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
  icon?: ReactNode;
  shown?: string;
  caption?: string;
}) {
  const title = shown ?? choices.find((one) => one.value === value)?.title ?? value;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="btn" aria-label={`${label}: ${title}`}>
        {icon}
        <span className="lbl">{label}</span> {title}
        <ChevronDown size={13} className="text-ink3" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="pop min-w-48" align="start" sideOffset={4} collisionPadding={8}>
          {caption && <DropdownMenu.Label className="caption">{caption}</DropdownMenu.Label>}
          <DropdownMenu.RadioGroup value={value} onValueChange={onChoose}>
            {choices.map((one) => (
              <DropdownMenu.RadioItem key={one.value} value={one.value} className="item">
                {one.title}
                {one.hint && <span className="hint">{one.hint}</span>}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
});
