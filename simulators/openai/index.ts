export { dataIn, startOpenAi, type Asked, type RunningOpenAi } from './start';
