/** Tab lists as the ARIA Authoring Practices have them: one stop for the Tab key, arrows go from tab to tab. */

export interface Tabs<Panel extends string> {
  /** Shows a panel, and hides the others. */
  select(panel: Panel): void;
  /** Puts the keyboard on the tab of the panel that is shown. */
  focus(): void;
}

/**
 * @param list an element with buttons that name their panels by `aria-controls`.
 * @param onSelect told of the panel that is shown, also when it was before.
 */
export function tabs<Panel extends string>(list: HTMLElement, onSelect: (panel: Panel) => void): Tabs<Panel> {
  const buttons = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const panelOf = (button: HTMLElement): Panel => button.getAttribute('aria-controls') as Panel;
  const selected = (): number => buttons.findIndex((each) => each.getAttribute('aria-selected') === 'true');
  const focus = (): void => buttons[selected()]!.focus();
  const select = (panel: Panel): void => {
    for (const button of buttons) {
      const isSelected = panelOf(button) === panel;
      button.setAttribute('aria-selected', String(isSelected));
      button.tabIndex = isSelected ? 0 : -1;
      document.getElementById(panelOf(button))!.hidden = !isSelected;
    }
    onSelect(panel);
  };
  for (const button of buttons) button.addEventListener('click', () => select(panelOf(button)));
  list.addEventListener('keydown', (event) => {
    const last = buttons.length - 1;
    const at = selected();
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    select(panelOf(buttons[place]!));
    focus();
  });
  return { select, focus };
}
