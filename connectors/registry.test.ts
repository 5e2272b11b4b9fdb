import { connectorNamed, connectors } from './registry';

describe('the registry', () => {
  it('finds every connector by its own name', () => {
    for (const [name, connector] of connectors)
      expect([connector.name, connectorNamed(name)]).toEqual([name, connector]);
    expect(connectors.has('salesforce')).toBe(true);
  });

  it('has every connector that another one stands besides', () => {
    for (const { name, besides } of connectors.values()) {
      if (besides !== undefined)
        expect([...connectors.keys()].filter((one) => one !== name)).toContain(besides.connector);
    }
  });

  it('lists the known ones when asked for another', () => {
    expect(() => connectorNamed('siebel')).toThrow(/"siebel".*salesforce/);
  });
});
